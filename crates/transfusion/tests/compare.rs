//! `transfusion compare`: numbers beside those of independent NumPy code, and what is said about
//! files that cannot be compared.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod fixture;

use std::path::{Path, PathBuf};

use fixture::{Ended, Folder, npy, npz};
use rand::{Rng as _, SeedableRng as _};
use serde_json::Value;

/// The reference vectors; none, with a printed line, on a machine without them.
fn vectors() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not on this machine", path.display());
    None
}

/// What NumPy found for a vector.
fn expected(vectors: &Path, name: &str) -> Value {
    let path = vectors.join(name).join("expected.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Compares two arrays of one archive without nulls and intervals.
fn compared(vectors: &Path, name: &str, layers: [&str; 2], more: &[&str]) -> Ended {
    let file = vectors.join(format!("{name}.npz"));
    let file = file.to_str().unwrap();
    let mut arguments = vec![
        "compare",
        file,
        file,
        "--layer-a",
        layers[0],
        "--layer-b",
        layers[1],
    ];
    arguments.extend(["--permutations", "0", "--groups", "0", "--json"]);
    arguments.extend(more);
    Folder::new().run(&arguments)
}

/// A layer is itself, and its shuffled copy is not.
#[test]
fn measures_are_tested_on_the_files_themselves() {
    let Some(vectors) = vectors() else { return };
    let more = [
        "--check",
        "--axes",
        "cn",
        "--measures",
        "mean-cca,debiased-cka,procrustes",
    ];
    let tested = compared(&vectors, "01_basic_4x3_n24", ["x", "y"], &more).with(0);
    let tested = tested.json();
    assert_eq!(tested.as_array().unwrap().len(), 2);
    for test in tested
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|layer| layer[1].as_array().unwrap())
    {
        close(test["identity"]["Ok"].as_f64().unwrap(), 1.0, "identity");
        assert!(test["shuffled"]["mean"].as_f64().unwrap() < 0.9, "{test}");
        assert!(test["problem"].is_null(), "{test}");
    }
}

#[track_caller]
fn value(found: &Value, measure: &str) -> f64 {
    let measured = found["measured"].as_array().unwrap();
    let row = measured.iter().find(|row| row["measure"] == measure);
    row.and_then(|row| row["value"].as_f64())
        .unwrap_or_else(|| panic!("no {measure} in {found:#}"))
}

#[track_caller]
fn close(found: f64, expected: f64, what: &str) {
    assert!(
        (found - expected).abs() < 1e-9,
        "{what}: {found}, expected {expected}"
    );
}

#[test]
fn vectors_have_the_values_of_independent_code() {
    let Some(vectors) = vectors() else { return };
    for name in [
        "01_basic_4x3_n24",
        "02_basic_eps0",
        "03_swapped_3x4_n24",
        "04_affine_invariance",
        "05_orthogonal_scale_invariance",
    ] {
        let expected = expected(&vectors, name);
        let all = ["--axes", "cn", "--measures", "all,mutual-neighbours-5"];
        let found = compared(&vectors, name, ["x", "y"], &all).with(0).json();
        assert_eq!(found["datapoints"], 24, "{name}");
        assert_eq!(found["a"]["axes"], "cn", "{name}");
        for (measure, key) in [
            ("mean-cca", "mean_cca"),
            ("squared-cca", "mean_cca_sq_R2cca"),
            ("cka", "linear_cka_biased"),
            ("debiased-cka", "linear_cka_debiased"),
            ("rbf-cka-0.4", "rbf_cka_sigma_0.4_median"),
            ("rbf-cka-1", "rbf_cka_sigma_1.0_median"),
            ("debiased-rbf-cka-1", "rbf_cka_debiased_sigma_1.0_median"),
            ("cka-prime", "cka_prime_dist"),
            ("mutual-neighbours-5", "mutual_knn_k5_cosine"),
            ("regression-b-from-a", "linreg_r2_y_from_x"),
            ("regression-a-from-b", "linreg_r2_x_from_y"),
        ] {
            let what = format!("{name}, {measure}");
            close(
                value(&found, measure),
                expected[key].as_f64().unwrap(),
                &what,
            );
        }
        // Near 0 an arc cosine in f64 has eight digits, NumPy's too: the cosines are compared.
        let angle = expected["procrustes_angular_arccos_nuc"].as_f64().unwrap();
        close(value(&found, "angular-procrustes").cos(), angle.cos(), name);
        let distance = 2.0 - 2.0 * value(&found, "procrustes");
        close(
            distance,
            expected["procrustes_ding"].as_f64().unwrap(),
            name,
        );
    }
}

/// A constant and a dependent channel are left out and counted (vectors 06 and 07).
#[test]
fn channels_that_say_nothing_are_left_out() {
    let Some(vectors) = vectors() else { return };
    for (name, constant, dependent) in [
        ("06_dead_neuron_5x3_n24", 1, 0),
        ("07_rank_deficient_5x3_n24", 0, 1),
    ] {
        let reference = &expected(&vectors, name)["cca_ref_rank_revealing"];
        let reference = reference.as_array().unwrap().iter();
        let reference: Vec<f64> = reference.map(|rho| rho.as_f64().unwrap()).collect();
        let more = ["--axes", "cn", "--measures", "mean-cca"];
        let found = compared(&vectors, name, ["x", "y"], &more).with(0).json();
        let mean = reference.iter().sum::<f64>() / reference.len() as f64;
        close(value(&found, "mean-cca"), mean, name);
        let side = &found["dimensions"]["a"];
        assert_eq!(
            (&side["constant"], &side["dependent"]),
            (&constant.into(), &dependent.into())
        );
    }
}

/// Independent noise has the values and floors of vectors 09 and 12, whose own draws are not kept;
/// uniform noise of bytes here. What made the original code fail (vector 11) has a reason.
#[test]
fn noise_is_at_the_floor_and_nonsense_has_a_reason() {
    let folder = Folder::new();
    let mut draw = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    let mut noise = |name: &str, images: usize, channels: usize| {
        let mut bytes = vec![0; images * channels];
        draw.fill_bytes(&mut bytes);
        folder.write(name, npy(&format!("({images}, {channels})"), &bytes));
    };
    noise("a.npy", 500, 100);
    noise("b.npy", 500, 100);
    noise("wide-a.npy", 100, 512);
    noise("wide-b.npy", 100, 512);
    folder.write("dead.npy", npy("(500, 3)", &[7; 1500]));
    let compare = |a: &str, b: &str, measures: &str| {
        let plain = ["--permutations", "0", "--groups", "0", "--json"];
        let arguments = ["compare", a, b, "--axes", "nc", "--measures", measures];
        folder.run(&[&arguments[..], &plain].concat())
    };
    let found = compare("a.npy", "b.npy", "mean-cca,squared-cca")
        .with(0)
        .json();
    // Vector 09, p = q = 100, n = 500: mean 0.38764, mean square 0.2004 by theory.
    assert!((value(&found, "mean-cca") - 0.387_640_656_913_152_2).abs() < 0.01);
    let floor = |place: usize| found["measured"][place]["floor"].as_f64().unwrap();
    assert!((floor(0) - 0.387_640_656_913_152_2).abs() < 0.002);
    close(floor(1), 0.200_400_801_603_206_42, "mean square of noise");
    // Vector 12, n = 100, p = 512: biased 0.8337, debiased -0.016.
    let found = compare("wide-a.npy", "wide-b.npy", "cka,debiased-cka")
        .with(0)
        .json();
    assert!((value(&found, "cka") - 0.833_716_228_500_525).abs() < 0.02);
    assert!(value(&found, "debiased-cka").abs() < 0.04);
    // Vector 11: every neuron dead, and views wider than their datapoints.
    for (a, b, reason) in [
        ("dead.npy", "a.npy", "constant"),
        ("wide-a.npy", "wide-b.npy", "saturated"),
    ] {
        let found = compare(a, b, "mean-cca").with(1).json();
        assert_eq!(found["measured"][0]["reason"]["reason"], reason);
    }
}

#[test]
fn the_conventions_of_maps_give_the_values_of_independent_code() {
    let Some(vectors) = vectors() else { return };
    let name = "08_conv_nhwc_6x4x4";
    let expected = expected(&vectors, name);
    let spatial = &expected["flatten_spatial_into_datapoints"];
    let measures = ["--measures", "cka,debiased-cka,mean-cca"];
    let found = compared(&vectors, name, ["a", "b"], &measures)
        .with(0)
        .json();
    assert_eq!(found["convention"], "spatial");
    assert_eq!(found["datapoints"], 96);
    let why = found["a"]["why"].as_str().unwrap();
    assert!(why.contains("images × height × width × channels"), "{why}");
    for (measure, key) in [
        ("cka", "linear_cka_biased"),
        ("debiased-cka", "linear_cka_debiased"),
        ("mean-cca", "mean_cca"),
    ] {
        close(
            value(&found, measure),
            spatial[key].as_f64().unwrap(),
            measure,
        );
    }
    for (convention, measure, key) in [
        (
            "flattened",
            "cka",
            "flatten_hwc_into_features_linear_cka_biased",
        ),
        (
            "flattened",
            "debiased-cka",
            "flatten_hwc_into_features_linear_cka_debiased",
        ),
        ("pooled", "cka", "avgpool_linear_cka_biased"),
    ] {
        let options = ["--convention", convention, "--measures", measure];
        let found = compared(&vectors, name, ["a", "b"], &options)
            .with(0)
            .json();
        close(value(&found, measure), expected[key].as_f64().unwrap(), key);
    }
}

/// Archive 03 is archive 01 with the sides exchanged.
#[test]
fn several_arrays_make_a_map_with_a_page() {
    let Some(vectors) = vectors() else { return };
    let folder = Folder::new();
    let file = |name: &str| vectors.join(name).to_str().unwrap().to_owned();
    let (a, b) = (file("01_basic_4x3_n24.npz"), file("03_swapped_3x4_n24.npz"));
    let measures = ["--measures", "cka,debiased-cka"];
    let arguments = [&["compare", &a, &b][..], &measures].concat();
    let found = folder.run(&[&arguments[..], &["--json", "--html", "map.html"]].concat());
    let found = found.with(0).says(&[
        "left out expected__mean_cca: the shape []",
        "wrote map.html",
    ]);
    let found = found.json();
    let at = |i: usize, j: usize, k: usize| found["map"][i][j][k]["value"].as_f64().unwrap();
    let expected = expected(&vectors, "01_basic_4x3_n24");
    close(
        at(0, 0, 0),
        expected["linear_cka_biased"].as_f64().unwrap(),
        "x and y",
    );
    close(
        at(0, 0, 1),
        expected["linear_cka_debiased"].as_f64().unwrap(),
        "x and y",
    );
    close(at(0, 1, 0), 1.0, "x and itself");
    let page = String::from_utf8(folder.read("map.html")).unwrap();
    assert!(
        page.contains("<h2>debiased-cka</h2>") && page.contains("0.42"),
        "{page}"
    );
    let printed = folder.run(&arguments).with(0).stdout;
    for part in ["A \\ B", "0.415", "1.000", "so channels × images"] {
        assert!(printed.contains(part), "`{part}` is not in: {printed}");
    }
}

#[test]
fn a_pair_is_printed_with_what_it_assumes_and_warns_of() {
    let Some(vectors) = vectors() else { return };
    let file = vectors.join("06_dead_neuron_5x3_n24.npz");
    let file = file.to_str().unwrap();
    let arguments = ["compare", file, file, "--layer-a", "x", "--layer-b", "y"];
    let printed = Folder::new().run(&arguments).with(0).stdout;
    for part in [
        "x: float64, 2 axes [5, 24]: the last is the one that all arrays share",
        "datapoints are vectors, each image a datapoint",
        "95% interval",
        "24 datapoints from 24 images",
        "A has 5 dimensions; 1 constant, left out",
        "the images of B shuffled 99 times",
        "below ten times as many",
    ] {
        assert!(printed.contains(part), "`{part}` is not in: {printed}");
    }
}

#[test]
fn a_measure_without_a_value_is_a_finding_with_its_reason() {
    let folder = Folder::new();
    let bytes: Vec<u8> = (0..40u8).map(|i| i.wrapping_mul(37) ^ (i / 3)).collect();
    folder.write("a.npy", npy("(4, 10)", &bytes));
    folder.write("b.npy", npy("(4, 6)", &bytes[..24]));
    let arguments = ["compare", "a.npy", "b.npy", "--measures", "mean-cca,cka"];
    let found = folder.run(&arguments).with(1).stdout;
    assert!(found.contains("no mean-cca: "), "{found}");
    let found = folder
        .run(&[&arguments[..], &["--json"]].concat())
        .with(1)
        .json();
    assert_eq!(found["measured"][0]["value"], Value::Null);
    assert!(
        found["measured"][0]["reason"]["reason"].is_string(),
        "{found:#}"
    );
    assert!(found["measured"][1]["value"].is_f64(), "{found:#}");
}

#[test]
fn what_cannot_be_compared_is_refused_with_what_to_do() {
    let folder = Folder::new();
    let array = |shape: &str, count: usize| npy(shape, &vec![7; count]);
    folder.write("a.npy", array("(6, 5)", 30));
    folder.write("wide.npy", array("(6, 9)", 54));
    folder.write("other.npy", array("(7, 9)", 63));
    folder.write("maps.npy", array("(6, 3, 4, 5)", 360));
    folder.write("line.npy", array("(6,)", 6));
    folder.write("cut.npy", &array("(6, 5)", 30)[..80]);
    folder.write("notes.txt", "not an array");
    folder.write(
        "layers.npz",
        npz(&[
            ("layer1.npy", array("(6, 5)", 30)),
            ("layer2.npy", array("(6, 5)", 30)),
        ]),
    );
    let cases: [(&[&str], &[&str]); 13] = [
        (
            &["missing.npy", "a.npy"],
            &["cannot read missing.npy", "No such file"],
        ),
        (
            &["layers.npz", "a.npy", "--layer-a", "layr2"],
            &[
                "no array `layr2`",
                "layer1, layer2",
                "did you mean `layer2`?",
            ],
        ),
        (
            &["a.npy", "other.npy"],
            &["a.npy has 6 or 5 images and other.npy has 7 or 9"],
        ),
        (
            &["a.npy", "other.npy", "--axes", "nc"],
            &[
                "a.npy has 6 images and other.npy has 7",
                "same images in the same order",
            ],
        ),
        (
            &["a.npy", "a.npy"],
            &[
                "images × channels (nc) or channels × images (cn)",
                "--axes nc",
            ],
        ),
        (
            &["maps.npy", "a.npy"],
            &["maps.npy", "(nchw) or", "--axes nchw"],
        ),
        (&["line.npy", "a.npy"], &["line.npy: 1 axis [6]", "reshape"]),
        (&["cut.npy", "a.npy"], &["cut.npy: expected", "found"]),
        (
            &["notes.txt", "a.npy"],
            &[
                "notes.txt: expected a .npy, .npz or .safetensors file",
                "numpy.save",
            ],
        ),
        (
            &["a.npy", "wide.npy", "--axes", "nchw"],
            &["axes nchw name 4 axes, but a.npy has the shape [6, 5]"],
        ),
        (
            &["a.npy", "wide.npy", "--axes", "nch"],
            &["unknown axes `nch`", "nchw, nhwc, ntc, nc and cn"],
        ),
        (
            &["a.npy", "wide.npy", "--measures", "debiased-ck"],
            &[
                "unknown measure `debiased-ck`",
                "did you mean `debiased-cka`?",
            ],
        ),
        (
            &["a.npy", "wide.npy", "--html", "map.html"],
            &["--html draws maps of layers"],
        ),
    ];
    for (arguments, parts) in cases {
        folder.refuses_command(&[&["compare"], arguments].concat(), parts);
    }
}

/// A member that was not asked for, such as names of images, is no reason to refuse a file.
#[test]
fn names_beside_activations_are_passed_over() {
    let folder = Folder::new();
    let data: Vec<u8> = (0..40).map(|i: u32| (i * i % 97) as u8).collect();
    let names = fixture::npy_of("<U2", "(20,)", &[0; 160]);
    let members = [("names.npy", names), ("x.npy", npy("(20, 2)", &data))];
    folder.write("a.npz", npz(&members));
    let more = [
        "--measures",
        "debiased-cka",
        "--permutations",
        "0",
        "--groups",
        "0",
        "--axes",
        "nc",
        "--json",
    ];
    let asked = [
        "compare",
        "a.npz",
        "a.npz",
        "--layer-a",
        "x",
        "--layer-b",
        "x",
    ];
    let found = folder.run(&[&asked[..], &more].concat()).with(0).json();
    assert!((found["measured"][0]["value"].as_f64().unwrap() - 1.0).abs() < 1e-9);
    let asked = ["compare", "a.npz", "a.npz"];
    let all = folder.run(&[&asked[..], &more].concat()).with(0);
    all.says(&["left out names (`<U2`)"]);
}
