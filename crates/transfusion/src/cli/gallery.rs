//! `gallery/`: pictures of the worst mistakes and maps of saliency, drawn where the data are open and
//! all runs are done.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use comparison::collect;
use durable::{ABANDONED, Manifest, remove_old_temporaries, sha256_hex, write};
use engine::Device;
use images::SmallPicture;
use record::names::{EXAMPLES, GALLERY, GALLERY_RECORD};
use record::results::{Results, SaliencyChoice};
use record::{Gallery, GalleryMap, GalleryWish, Job, StudyDirectory};
use report::{GalleryPictures, MapPicture};
use runs::Tally;
use runs::saliency::explain;
use study::OpenStudy;

use super::interrupt;
use super::table::counted;

/// Longer edge of a picture at most, in pixels.
const EDGE: usize = 128;
/// Hexadecimal digits of a digest in the name of a picture.
const DIGITS: usize = 12;

/// What maps are drawn from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// With its pictures.
    pub study: &'a OpenStudy,
    /// What the network is on.
    pub device: &'a dyn Device,
}

/// Removes pictures that an earlier configuration allowed and the present one does not.
pub fn withdraw(directory: &StudyDirectory) -> anyhow::Result<()> {
    for folder in [EXAMPLES, GALLERY] {
        let folder = folder.path(directory.path());
        if folder.is_dir() {
            std::fs::remove_dir_all(&folder)
                .with_context(|| format!("cannot remove {}", folder.display()))?;
            say!("{} is removed: report.pictures is false", folder.display());
        }
    }
    Ok(())
}

/// Draws what the results ask for, once all jobs are done: whoever does the last of them draws.
pub fn draw_when_done(source: &Source, directory: &StudyDirectory) -> anyhow::Result<()> {
    let plan = &source.study.plan;
    let is_open = Tally::of(directory, plan, &Job::all(plan)).pending > 0;
    // Where seeds are added until all is decided, jobs may stay open for good.
    if is_open && plan.compare.looks.is_empty() {
        return Ok(());
    }
    draw(source, directory, &mut collect(directory)?.results)
}

/// Draws the pictures and maps that `results` ask for, if all runs are done and they are not there yet;
/// what the maps came to is added to the results.
pub fn draw(
    source: &Source,
    directory: &StudyDirectory,
    results: &mut Results,
) -> anyhow::Result<()> {
    let wish = GalleryWish::of(results);
    let progress = results.progress;
    let is_done = progress.done + progress.failed >= progress.planned;
    if wish.is_empty() || !is_done || is_drawn(directory, &wish)? {
        return Ok(());
    }
    let drawing = match Drawing::of(source.study, &wish) {
        Ok(drawing) => drawing,
        Err(error) => {
            warn!(
                "warning: mistakes are shown without pictures, as {error}; run the study again once it can be read"
            );
            return Ok(());
        }
    };
    if let Some(drawn) = drawing.finish(source, directory, wish)?
        && let Some(saliency) = &mut results.saliency
    {
        saliency.methods = drawn.methods;
    }
    Ok(())
}

/// Whether the gallery shows what is wished, with every picture in its place.
fn is_drawn(directory: &StudyDirectory, wish: &GalleryWish) -> anyhow::Result<bool> {
    let folder = GALLERY.path(directory.path());
    let Some(gallery) = directory.gallery()? else {
        return Ok(false);
    };
    let mut names = gallery.files.files().map(|(name, _)| name);
    Ok(gallery.value.wish == *wish && names.all(|name| folder.join(name).exists()))
}

/// The pictures of a gallery in the making.
struct Drawing {
    /// Id ─▶ place in the data, and the picture.
    pictures: BTreeMap<String, (usize, SmallPicture)>,
    /// Name ─▶ bytes.
    files: BTreeMap<String, Vec<u8>>,
}

impl Drawing {
    fn of(study: &OpenStudy, wish: &GalleryWish) -> Result<Self, images::UnreadableImage> {
        let data = &study.plan.data;
        let tested = data.folds().into_iter();
        let tested = tested.flat_map(|fold| data.split_of(fold).test.iter().copied());
        let places: BTreeMap<&str, usize> = tested
            .map(|place| (study.dataset.examples[place].id.as_str(), place))
            .collect();
        let frame = study.cache.frame();
        let mut pictures = BTreeMap::new();
        for id in &wish.pictures {
            let Some(place) = places.get(id.as_str()).copied() else {
                continue;
            };
            let mut samples = vec![0.0; frame.samples()];
            study.cache.load(place, &mut samples)?;
            let picture = SmallPicture::new(&frame, &samples, EDGE);
            pictures.insert(id.clone(), (place, picture));
        }
        Ok(Self {
            pictures,
            files: BTreeMap::new(),
        })
    }

    /// Writes everything, the record last; none where it was asked to stop.
    fn finish(
        mut self,
        source: &Source,
        directory: &StudyDirectory,
        wish: GalleryWish,
    ) -> anyhow::Result<Option<Gallery>> {
        let mut gallery = Gallery::default();
        for (id, (_, picture)) in &self.pictures {
            let name = format!("picture-{}.png", digest(id));
            self.files.insert(name.clone(), picture.png()?);
            gallery.pictures.insert(id.clone(), name);
        }
        if let Some(choice) = &wish.saliency
            && !self.explained(source, directory, choice, &mut gallery)?
        {
            return Ok(None);
        }
        gallery.wish = wish;
        self.write(&GALLERY.path(directory.path()), &gallery)?;
        Ok(Some(gallery))
    }

    /// Adds the maps of a run; false where it was asked to stop.
    fn explained(
        &mut self,
        source: &Source,
        directory: &StudyDirectory,
        choice: &SaliencyChoice,
        gallery: &mut Gallery,
    ) -> anyhow::Result<bool> {
        let Source { study, device } = *source;
        let spec = study.plan.runs.iter().find(|spec| spec.id == choice.run);
        let spec = spec.context("the run with the median test AUC is not in the plan")?;
        let places = choice.cases.iter().map(|case| {
            let known = self.pictures.get(&case.image);
            known.map(|(place, _)| *place)
        });
        let places: Option<Vec<usize>> = places.collect();
        let places = places.context("a test picture of the records is not in the data")?;
        say!(
            "drawing where {} (seed {}) looks in {}",
            choice.arm,
            choice.seed,
            counted(places.len(), "picture")
        );
        let stop = interrupt::flag();
        let explained = explain(
            study,
            spec,
            directory,
            device,
            &choice.cases,
            &places,
            &stop,
        )?;
        let Some(explained) = explained else {
            return Ok(false);
        };
        for map in explained.maps {
            let image = &choice.cases[map.case].image;
            let Some((_, picture)) = self.pictures.get(image) else {
                continue;
            };
            let about = format!("{:?} {} {image} {}", map.method, map.case, choice.run);
            let about = digest(&about);
            let files = ["learnt", "anew"].map(|of| format!("map-{about}-{of}.png"));
            for (name, heat) in files.iter().zip(&map.heat) {
                self.files.insert(name.clone(), picture.under(heat)?);
            }
            let [learnt, anew] = map.maps;
            gallery.maps.push(GalleryMap {
                method: map.method,
                image: image.clone(),
                case: map.case,
                files,
                values: learnt.values,
                anew: anew.values,
            });
        }
        gallery.methods = Some(explained.methods);
        Ok(true)
    }

    fn write(&self, folder: &Path, gallery: &Gallery) -> anyhow::Result<()> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        remove_old_temporaries(folder, ABANDONED)?;
        for (name, bytes) in &self.files {
            write(&folder.join(name), bytes)?;
        }
        let there = Manifest::of(folder, &[GALLERY_RECORD.name()])?;
        let there = there.files().map(|(name, _)| name);
        let old: Vec<&str> = there
            .filter(|name| !self.files.contains_key(*name))
            .collect();
        let without: Vec<&str> = old.iter().copied().chain([GALLERY_RECORD.name()]).collect();
        GALLERY_RECORD.write(folder, gallery, &Manifest::of(folder, &without)?)?;
        for name in old {
            let path = folder.join(name);
            std::fs::remove_file(&path)
                .with_context(|| format!("cannot remove {}", path.display()))?;
        }
        Ok(())
    }
}

/// A few digits that stand for a text in the name of a file.
fn digest(text: &str) -> String {
    let mut digest = sha256_hex(text.as_bytes());
    digest.truncate(DIGITS);
    digest
}

/// The gallery as the page shows it: empty until what `results` ask for is drawn.
pub fn pictures(directory: &StudyDirectory, results: &Results) -> anyhow::Result<GalleryPictures> {
    let mut shown = GalleryPictures::default();
    let Some(gallery) = directory.gallery()? else {
        return Ok(shown);
    };
    let (record, files) = (gallery.value, gallery.files);
    if record.wish != GalleryWish::of(results) {
        return Ok(shown);
    }
    for (id, name) in record.pictures {
        let png = directory.gallery_picture(&files, &name)?;
        shown.pictures.insert(id, png);
    }
    for map in record.maps {
        let [learnt, anew] = map.files;
        shown.maps.push(MapPicture {
            method: map.method,
            case: map.case,
            learnt: directory.gallery_picture(&files, &learnt)?,
            anew: directory.gallery_picture(&files, &anew)?,
        });
    }
    Ok(shown)
}
