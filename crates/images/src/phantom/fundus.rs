//! The target task: grade an eye photograph.

use super::patient::Patient;
use super::retina::{self, Landmarks};
use super::stream::Stream;
use super::{artefacts, lesions, vessels};
use formats::image::Image;

/// Drawn photographs of the eye. The grade of an eye, 0 to 4, is the load of small
/// lesions in it; colour, brightness, vessels, dust and everything else are independent
/// of the grade. The two eyes of a patient share camera, pigment and, nearly, the grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fundus {
    /// Seed of every draw.
    pub seed: u64,
    /// Number of patients, two eyes each.
    pub patients: usize,
    /// Side of each square picture, in pixels: at least 1, made for 32 to 256.
    pub size: usize,
}

/// One graded photograph.
#[derive(Clone, Debug, PartialEq)]
pub struct FundusExample {
    /// RGB picture of `size × size` pixels, 8-bit samples.
    pub image: Image,
    /// Grade, 0 (none) to 4 (proliferative).
    pub grade: usize,
    /// Patient identifier, such as `P0001`.
    pub patient: String,
    /// `left` or `right`.
    pub eye: &'static str,
}

impl Fundus {
    /// Names of grades 0 to 4.
    pub const GRADES: [&'static str; 5] = ["none", "mild", "moderate", "severe", "proliferative"];

    /// Number of photographs: two for each patient.
    pub fn len(&self) -> usize {
        2 * self.patients
    }

    /// True where there is no patient.
    pub fn is_empty(&self) -> bool {
        self.patients == 0
    }

    /// Photograph `index`, in `0..len()`: the left eye of patient `index / 2` where
    /// `index` is even, the right eye where it is odd.
    pub fn example(&self, index: usize) -> FundusExample {
        let patient = Patient::draw(self.seed, index / 2);
        let grade = patient.grades[index % 2];
        FundusExample {
            image: self.photograph(&patient, index, grade),
            grade,
            patient: format!("P{:04}", index / 2 + 1),
            eye: ["left", "right"][index % 2],
        }
    }

    /// Photograph `index` as it would be with the given grade, all else being equal.
    pub(super) fn photograph(&self, patient: &Patient, index: usize, grade: usize) -> Image {
        let stream = |purpose| Stream::named(self.seed, purpose, index);
        let mut light = stream("fundus light");
        // Seen by the camera, the nose is on the right of a right eye.
        let nasal = [-1.0, 1.0][index % 2];
        let view = patient.camera.view(self.size, nasal, &mut light);
        let mut anatomy = stream("fundus anatomy");
        let landmarks = Landmarks::draw(patient, &mut anatomy);
        let mut canvas = retina::paint(self.size, patient, &landmarks, &view, &mut anatomy);
        let mut artefacts = stream("fundus artefacts");
        artefacts::paint_spots(&mut canvas, &view, &mut artefacts);
        vessels::paint(
            &mut canvas,
            patient,
            &landmarks,
            &view,
            &mut stream("fundus vessels"),
        );
        artefacts::paint_dust(&mut canvas, &view, &mut artefacts);
        patient.camera.illuminate(&mut canvas, &view, &mut light);
        lesions::paint(
            &mut canvas,
            grade,
            &landmarks,
            &view,
            &mut stream("fundus lesions"),
        );
        patient
            .camera
            .expose(canvas, &mut stream("fundus exposure"))
    }
}
