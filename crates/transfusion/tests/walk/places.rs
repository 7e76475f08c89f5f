//! What the pages call by a path, and where the test has it: real pictures where the machine has
//! them, drawn ones in the layout of the published ones where nobody may pass these on.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use super::super::fixture::{Folder, picture, shared};
use image::{ImageFormat, Rgb, RgbImage};
use images::Task;
use images::npz::{NpzOptions, read};

/// A path of the pages, and what lays it; false where the machine lacks it.
type Place = (&'static str, fn(&Folder, &str) -> bool);

const PLACES: &[Place] = &[
    ("configs/", repository),
    ("data/retinamnist.npz", archive),
    ("data/breastmnist.npz", archive),
    ("data/retinamnist-test", test_pictures),
    ("data/breastmnist-test", test_pictures),
    ("data/chest_xray", children),
    ("data/nih1000", adults),
    ("data/HAM10000", lesions),
    ("data/other-clinic", clinic),
    ("data/NCT-CRC-HE-100K", tissue),
    ("data/CRC-VAL-HE-7K", tissue),
    ("resnet18-f37072fd.pth", pretrained),
];

/// Lays what `text` names into `folder`.
pub fn lay(folder: &Folder, text: &str) -> bool {
    let is_named = |path: &str| text.contains(path) || text.contains(&fetching(path));
    let named = PLACES.iter().filter(|(path, _)| is_named(path));
    let mut missing = named.filter(|(path, _)| !folder.path(path).exists());
    missing.all(|(path, lay)| {
        let parent = folder.path(path);
        std::fs::create_dir_all(parent.parent().expect("a folder")).expect("a folder");
        lay(folder, path)
    })
}

/// The command that gets a known data set.
fn fetching(path: &str) -> String {
    let name = Path::new(path).file_stem().expect("a name");
    format!("transfusion data fetch {}", name.display())
}

fn repository(folder: &Folder, path: &str) -> bool {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let here = here.canonicalize().expect("the repository").join(path);
    symlink(here, folder.path(path.trim_end_matches('/'))).is_ok()
}

fn archive(folder: &Folder, path: &str) -> bool {
    let found = shared(path.trim_start_matches("data/"));
    found.is_some_and(|found| std::fs::copy(found, folder.path(path)).is_ok())
}

/// Every tenth picture of the test partition as a file, with the table of answers.
fn test_pictures(folder: &Folder, path: &str) -> bool {
    let name = path.trim_start_matches("data/").trim_end_matches("-test");
    let Some(found) = shared(&format!("{name}.npz")) else {
        return false;
    };
    let data = read(&found, &NpzOptions::new(Task::Multiclass)).expect("pictures");
    let is_test = |index: &usize| data.examples[*index].id.starts_with("test/");
    let mut answers = String::from("image,label\n");
    for (place, index) in (0..data.len()).filter(is_test).step_by(10).enumerate() {
        let image = data.image(index).expect("a picture");
        let png = images::png::encode(&image).expect("8 bits");
        folder.write(&format!("{path}/{place:03}.png"), png);
        let class = data.examples[index].label.class().expect("a class");
        answers += &format!("{place:03}.png,{class}\n");
    }
    folder.write(&format!("{path}/answers.csv"), answers);
    true
}

fn untar(archive: &Path, to: &Path, arguments: &[&str]) -> bool {
    std::fs::create_dir_all(to).expect("a folder");
    let mut tar = Command::new("tar");
    tar.arg("xf").arg(archive).arg("-C").arg(to).args(arguments);
    tar.status().expect("tar").success()
}

/// 347 of the 5,840 pictures, with patients in both parts.
fn children(folder: &Folder, path: &str) -> bool {
    let some = [
        "--strip-components=1",
        "--wildcards",
        "*/*IM-01*",
        "*/person1[0-9][0-9]_*",
    ];
    shared("pneumonia224.tar").is_some_and(|found| untar(&found, &folder.path(path), &some))
}

fn adults(folder: &Folder, path: &str) -> bool {
    let (Some(pictures), Some(labels)) = (shared("nih1000_64px.tar"), shared("nih1000_labels.csv"))
    else {
        return false;
    };
    untar(&pictures, &folder.path(&format!("{path}/images")), &[])
        && std::fs::copy(labels, folder.path(&format!("{path}/labels.csv"))).is_ok()
}

/// A coloured picture that is like no other of another seed; `class` is to be seen in its colour.
fn coloured(format: ImageFormat, seed: u32, class: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(97);
    let picture = RgbImage::from_fn(32, 32, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = (state >> 25) as u8;
        Rgb([grain + 40, grain / 2 + 12 * class as u8, grain])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("memory");
    bytes.into_inner()
}

const DIAGNOSES: [&str; 7] = ["akiec", "bcc", "bkl", "df", "mel", "nv", "vasc"];

/// HAM10000 as it is unpacked: a table and two folders, one or two pictures of a lesion.
fn lesions(folder: &Folder, path: &str) -> bool {
    let mut table = String::from("lesion_id,image_id,dx,dx_type,age,sex,localization\n");
    let mut number = 0;
    for lesion in 0..140u32 {
        let class = lesion % 7;
        for _ in 0..1 + lesion % 2 {
            let (name, part) = (format!("ISIC_{:07}", 24306 + number), 1 + number % 2);
            folder.write(
                &format!("{path}/HAM10000_images_part_{part}/{name}.jpg"),
                coloured(ImageFormat::Jpeg, number, class),
            );
            let (age, sex) = (
                30 + 5 * (lesion % 9),
                ["male", "female"][lesion as usize / 7 % 2],
            );
            table += &format!(
                "HAM_{lesion:07},{name},{},histo,{age}.0,{sex},back\n",
                DIAGNOSES[class as usize]
            );
            number += 1;
        }
    }
    folder.write(&format!("{path}/HAM10000_metadata.csv"), table);
    true
}

/// Lesions of people who are in no other folder, with a table of answers.
fn clinic(folder: &Folder, path: &str) -> bool {
    let mut answers = String::from("image,label\n");
    for place in 0..28u32 {
        let class = place % 7;
        let picture = coloured(ImageFormat::Jpeg, 9_000 + place, class);
        folder.write(&format!("{path}/{place}.jpg"), picture);
        answers += &format!("{place}.jpg,{}\n", DIAGNOSES[class as usize]);
    }
    folder.write(&format!("{path}/answers.csv"), answers);
    true
}

/// NCT-CRC-HE-100K and CRC-VAL-HE-7K as they are unpacked: nine folders of tissue.
fn tissue(folder: &Folder, path: &str) -> bool {
    let kinds = [
        "ADI", "BACK", "DEB", "LYM", "MUC", "MUS", "NORM", "STR", "TUM",
    ];
    let (each, first) = if path.ends_with("7K") {
        (6, 5_000)
    } else {
        (24, 0)
    };
    for (class, kind) in (0..).zip(kinds) {
        for place in 0..each {
            let seed = first + 100 * class + place;
            folder.write(
                &format!("{path}/{kind}/{kind}-{seed:05}.png"),
                coloured(ImageFormat::Png, seed, class),
            );
        }
    }
    true
}

/// Drawn weights of a ResNet-18 under torchvision's names, in the place of the published ones.
fn pretrained(folder: &Folder, path: &str) -> bool {
    for class in ["a", "b"] {
        for place in 0..20u32 {
            let seed = place + 50 * u32::from(class == "b");
            folder.write(
                &format!("drawn/{class}/{place}.png"),
                picture(ImageFormat::Png, 16, seed),
            );
        }
    }
    let study = "title = \"Drawn\"\n[data]\nsource = \"drawn\"\nsize = 16\nchannels = 3\n\
        [grid]\nmodel = [\"resnet18\"]\ninit = [\"random\"]\nseeds = 1\n\
        [train]\nbatch_size = 2\nmax_steps = 1\neval_every = 1\nlr = 1e-5\n";
    folder.write("drawn.toml", study);
    folder.run(&["run", "drawn.toml"]).with(0);
    let run = folder.runs("studies/drawn").remove(0);
    std::fs::copy(run.join("model.safetensors"), folder.path(path)).is_ok()
}
