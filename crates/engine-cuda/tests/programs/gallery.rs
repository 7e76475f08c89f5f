//! Batches that a device makes of pictures it holds: to the last bit those that it is given.

use std::process::Command;
use std::sync::Arc;

use engine::{
    Executor as _, Gallery, Maps, Mode, Part, Pictures, Placed, Program, Samples, Scale, Targets,
    Training, lower,
};
use engine_cuda::{Cuda, Inventory, Options};
use kernels::Precision;
use networks::{Input, Network};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use regimes::Tuning;

use crate::learning::{BATCH, CLASSES, SIZE, trainer};
use crate::plain::{Stored, Way};

/// Pictures of which one has no samples.
#[derive(Debug)]
struct Hall {
    /// Rows, columns, channels.
    extents: [usize; 3],
    pictures: Vec<Option<Vec<u16>>>,
    bytes: Vec<Option<Vec<u8>>>,
    units: Vec<f32>,
}

impl Hall {
    fn hung(pictures: usize, extents: [usize; 3], is_wide: bool) -> Arc<dyn Gallery> {
        let len: usize = extents.iter().product();
        let picture = |number: usize| {
            let samples = (0..len).map(|at| (at + 1) * (number + 3) * 48_271 % 65_521);
            let samples = samples.map(|sample| if is_wide { sample } else { sample % 256 } as u16);
            (number != 1).then(|| samples.collect::<Vec<_>>())
        };
        let pictures: Vec<_> = (0..pictures).map(picture).collect();
        let bytes = pictures.iter().map(|samples| {
            let samples = samples.as_ref().filter(|_| !is_wide);
            samples.map(|samples| samples.iter().map(|sample| *sample as u8).collect())
        });
        let steps = if is_wide { 65_536 } else { 256 };
        Arc::new(Self {
            extents,
            bytes: bytes.collect(),
            pictures,
            // Of a range that cuts off what is below and above.
            units: (0..steps)
                .map(|sample| ((sample as f32 - 20.0) / (steps as f32 - 50.0)).clamp(0.0, 1.0))
                .collect(),
        })
    }
}

impl Gallery for Hall {
    fn extents(&self) -> [usize; 4] {
        let [height, width, channels] = self.extents;
        [self.pictures.len(), height, width, channels]
    }

    fn units(&self) -> &[f32] {
        &self.units
    }

    fn samples(&self, picture: usize) -> Option<Samples<'_>> {
        match &self.bytes[picture] {
            Some(bytes) => Some(Samples::Bytes(bytes)),
            None => self.pictures[picture].as_deref().map(Samples::Words),
        }
    }

    fn identity(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

fn scale(channels: usize) -> Scale {
    Scale {
        mean: (0..channels).map(|c| 0.3 + 0.1 * c as f32).collect(),
        std: (0..channels).map(|c| 0.2 + 0.03 * c as f32).collect(),
    }
}

/// What the processor would upload.
fn pixels(gallery: &dyn Gallery, scale: &Scale, placed: &[Placed]) -> Maps {
    let [_, height, width, channels] = gallery.extents();
    let stored = Stored {
        extents: [height, width, channels],
        units: gallery.units(),
        mean: &scale.mean,
        std: &scale.std,
    };
    let made = placed.iter().flat_map(|placed| {
        let samples = match gallery.samples(placed.picture).expect("samples") {
            Samples::Bytes(samples) => samples.iter().map(|s| u16::from(*s)).collect(),
            Samples::Words(samples) => samples.to_vec(),
        };
        let way = Way {
            mirrors: placed.mirrors,
            turn: placed.turn,
            shift: placed.shift,
        };
        stored.place(&samples, way)
    });
    Maps::new([placed.len(), channels, height, width], made.collect())
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn a_place() -> impl Strategy<Value = Placed> {
    let picture = prop::sample::select(vec![0_usize, 2, 3, 4]);
    let angle = prop_oneof![Just(None), (-3.2..3.2_f32).prop_map(Some)];
    let shift = prop::array::uniform2(-3..4_i32);
    let all = (picture, any::<[bool; 2]>(), angle, shift);
    all.prop_map(|(picture, mirrors, angle, shift)| Placed {
        picture,
        mirrors,
        turn: angle.map(|angle| [angle.sin(), angle.cos()]),
        shift,
    })
}

/// A network for such pictures.
fn network(input: Input) -> Network {
    let blocks = crate::recipe::blocks();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let blocks = blocks.new_tree(&mut runner).expect("blocks").current();
    crate::network::convolutional(&blocks, input)
}

proptest! {
    #![proptest_config(crate::few(24))]

    #[test]
    fn placed_pictures_are_uploaded_pixels(
        sides in (6..14_usize, 6..40_usize),
        channels in 1..5_usize,
        is_wide in any::<bool>(),
        precision in prop::sample::select(vec![Precision::Single, Precision::Bf16]),
        placed in prop::collection::vec(a_place(), 2..6),
    ) {
        if !crate::emulator::is_possible() {
            return Ok(());
        }
        let (height, width) = sides;
        let network = network(Input { channels, height, width });
        let tuning = Tuning::full(&network);
        let training = Training {
            tuning: &tuning,
            precision,
            objective: engine::Objective::CrossEntropy,
            descent: crate::learning::descent(),
        };
        let part = Part::whole(&network, placed.len());
        let program = lower(&network, &part, &Mode::Training(training)).expect("layers that fit");
        let program = Arc::new(program);
        let gallery = Hall::hung(5, [height, width, channels], is_wide);
        let scale = scale(channels);
        let (mut device, _alone) = crate::device();
        prop_assert!(device.hold(&gallery, &scale));
        device.enter(&program);
        device.place(program.pixels, &placed);
        let found = device.download(program.pixels);
        device.upload(program.pixels, pixels(&*gallery, &scale, &placed).values());
        prop_assert_eq!(bits(&found), bits(&device.download(program.pixels)));
    }
}

/// The batch of a step.
fn placed(step: usize) -> Vec<Placed> {
    let place = |at: usize| {
        let number = BATCH * step + at;
        let angle = 0.1 * number as f32;
        Placed {
            picture: [0, 2, 3][number % 3],
            mirrors: [2, 5].map(|each| number.is_multiple_of(each)),
            turn: (!number.is_multiple_of(4)).then(|| [angle.sin(), angle.cos()]),
            shift: [number as i32 % 5 - 2, number as i32 % 3 - 1],
        }
    };
    (0..BATCH).map(place).collect()
}

fn targets(step: usize) -> Targets {
    let mut targets = vec![0.0; BATCH * CLASSES];
    for (image, row) in targets.chunks_exact_mut(CLASSES).enumerate() {
        row[(image + step) % CLASSES] = 1.0 / BATCH as f32;
    }
    Targets::Classes(targets)
}

#[test]
fn training_on_pictures_that_are_held_is_training_on_pixels() {
    if !crate::emulator::is_possible() {
        return;
    }
    let gallery = Hall::hung(4, [SIZE, SIZE, 3], false);
    let scale = scale(3);
    for precision in [Precision::Single, Precision::Bf16] {
        let (device, _alone) = crate::device();
        let mut uploading = trainer(Box::new(device), precision);
        let second = Cuda::open(0, Options::default()).expect("a second on one device");
        let mut holding = trainer(Box::new(second), precision);
        assert!(holding.model().hold(&gallery, &scale));
        assert!(holding.model().hold(&gallery, &scale), "once more");
        let [mut uploaded, mut held] = [Vec::new(), Vec::new()];
        for step in 0..5 {
            let pixels = pixels(&*gallery, &scale, &placed(step));
            uploaded.extend(uploading.advance(&pixels, &targets(step), 0.01));
            // Batches of pixels and of pictures may follow each other.
            held.extend(match step {
                1 => holding.advance(&pixels, &targets(step), 0.01),
                _ => holding.advance(Pictures::Placed(&placed(step)), &targets(step), 0.01),
            });
        }
        uploaded.extend(uploading.settle());
        held.extend(holding.settle());
        assert_eq!(bits(&uploaded), bits(&held));
        assert_eq!(uploading.model().weights(), holding.model().weights());

        let still: Vec<Placed> = [3, 0].map(Placed::still).into();
        let expected = uploading
            .model()
            .forward(&pixels(&*gallery, &scale, &still));
        let found = holding.model().forward(Pictures::Placed(&still));
        assert_eq!(bits(expected.values()), bits(found.values()));
    }
}

fn free() -> u64 {
    let devices = Inventory::look().devices;
    devices.first().expect("an emulated device").free_bytes
}

/// Many pictures, and what enters a network that reads them.
fn many() -> (Arc<dyn Gallery>, usize, Network) {
    let network = network(Input {
        channels: 3,
        height: 64,
        width: 64,
    });
    (
        Hall::hung(300, [64, 64, 3], false),
        300 * 64 * 64 * 3,
        network,
    )
}

fn inference(network: &Network, batch: usize) -> Arc<Program> {
    let part = Part::whole(network, batch);
    lower(network, &part, &Mode::Inference)
        .expect("layers that fit")
        .into()
}

/// Runs an ignored test on a device of so many bytes; it has to come to its end.
fn on_a_device_of(bytes: usize, test: &str) {
    let output = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env("EMULATED_MEMORY", bytes.to_string())
        .output()
        .expect("this test again");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("1 passed"), "{text}{errors}");
}

#[test]
#[ignore = "run by the test below, on a device of its own"]
fn hold_what_does_not_fit() {
    if !crate::emulator::is_possible() {
        return;
    }
    let (mut device, _alone) = crate::device();
    let (large, _, _) = many();
    let small = Hall::hung(4, [SIZE, SIZE, 3], false);
    assert!(device.hold(&small, &scale(3)));
    assert!(!device.hold(&large, &scale(3)));
    let network = network(Input::square(3, SIZE));
    let program = inference(&network, BATCH);
    device.enter(&program);
    device.upload(
        program.pixels,
        pixels(&*small, &scale(3), &placed(0)).values(),
    );
}

#[test]
fn pictures_that_do_not_fit_stay_with_the_processor() {
    if !crate::emulator::is_possible() {
        return;
    }
    // They would fit, but for what is to be left free.
    let (_, bytes, _) = many();
    on_a_device_of(bytes * 21 / 20, "gallery::hold_what_does_not_fit");
}

#[test]
#[ignore = "run by the test below, on a device of its own"]
fn hold_and_let_go() {
    if !crate::emulator::is_possible() {
        return;
    }
    let (gallery, bytes, _) = many();
    let bytes = bytes as u64;
    let (mut first, _alone) = crate::device();
    let mut second = Cuda::open(0, Options::default()).expect("a second on one device");
    let before = free();
    assert!(first.hold(&gallery, &scale(3)));
    let taken = before - free();
    assert!((bytes..bytes + (1 << 16)).contains(&taken), "{taken}");
    let other = Scale {
        mean: vec![0.0; 3],
        ..scale(3)
    };
    // Of the same pictures, though normalised otherwise.
    assert!(second.hold(&gallery, &other) && second.hold(&gallery, &scale(3)));
    assert!(before - free() < bytes + (1 << 16));
    drop(first);
    assert!(before - free() > bytes);
    drop(second);
    assert!(free() >= before);
}

#[test]
fn pictures_lie_on_a_device_once_and_go_with_the_last_who_holds_them() {
    if !crate::emulator::is_possible() {
        return;
    }
    on_a_device_of(1 << 30, "gallery::hold_and_let_go");
}

/// A program that takes more than twice what those many pictures do.
fn hungry(network: &Network, pictures: usize) -> Arc<Program> {
    let batches = (1..).map(|batch| inference(network, 8 * batch));
    let mut large = batches.filter(|program| engine_cuda::footprint(program) > 2 * pictures);
    large.next().expect("one of them is")
}

#[test]
#[ignore = "run by the test below, on a device of its own"]
fn need_the_room_of_pictures() {
    if !crate::emulator::is_possible() {
        return;
    }
    let (mut device, _alone) = crate::device();
    let (gallery, bytes, network) = many();
    let program = inference(&network, 3);
    device.enter(&program);
    assert!(device.hold(&gallery, &scale(3)));
    let placed = &placed(0)[..3];
    let place = |device: &mut Cuda| {
        device.place(program.pixels, placed);
        bits(&device.download(program.pixels))
    };
    let before = place(&mut device);
    let mut other = Cuda::open(0, Options::default()).expect("a second on one device");
    let room = free();
    other.enter(&hungry(&network, bytes));
    assert!(room < free() + 2 * bytes as u64, "the pictures are gone");
    assert_eq!(before, place(&mut device), "made on the processor");
    assert!(!other.hold(&gallery, &scale(3)));
}

#[test]
fn programs_that_need_the_room_of_pictures_get_it() {
    if !crate::emulator::is_possible() {
        return;
    }
    let (_, bytes, network) = many();
    let program = engine_cuda::footprint(&hungry(&network, bytes));
    on_a_device_of(program + bytes / 2, "gallery::need_the_room_of_pictures");
}
