//! The emulator that the other tests rely on: right kernels come out right in every order, and wrong
//! ones do not go unnoticed.

mod emulator;

use std::path::PathBuf;
use std::process::Command;

use emulator::Races;

/// The program of `itself.cpp`: the prelude comes first, as in the kernels' own source.
fn program(races: Races) -> PathBuf {
    let prelude = include_str!("../src/source/prelude.cu");
    let kernels = [prelude, include_str!("emulator/itself.cu")].concat();
    emulator::program(races, &kernels, include_str!("emulator/itself.cpp"))
}

/// What it prints, on both outputs.
fn run(races: Races, kernel: &str, order: u32) -> [String; 2] {
    let output = Command::new(program(races))
        .arg(kernel)
        .env("EMULATED_ORDER", order.to_string())
        .output()
        .expect("it was just built");
    [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("messages are ASCII"))
}

#[test]
fn sums_transpositions_and_products_are_right_in_every_order() {
    if !emulator::is_possible() {
        return;
    }
    for order in 0..4 {
        assert_eq!(run(Races::Unseen, "right", order), ["right\n", ""]);
    }
}

#[test]
fn a_race_is_seen_by_its_orders() {
    if !emulator::is_possible() {
        return;
    }
    assert_eq!(run(Races::Unseen, "race", 0)[0], "255\n");
    assert!((1..4).any(|order| run(Races::Unseen, "race", order)[0] != "255\n"));
}

#[test]
fn what_is_undefined_on_a_device_is_named() {
    if !emulator::is_possible() {
        return;
    }
    let cases = [
        ("leaves", "255 of its threads wait at __syncthreads in line"),
        ("parts", "threads part: one waits at __syncthreads in line"),
        (
            "half_warp",
            "128 of its threads wait at __shfl_sync in line",
        ),
        ("crooked", "is no multiple of 16"),
        ("beyond_array", "index 8 is beyond the array"),
        ("nowhere", "where no memory is"),
        ("other_type", "argument 0 of leaves is of another type"),
    ];
    for (kernel, message) in cases {
        let said = run(Races::Unseen, kernel, 0)[1].clone();
        assert!(
            said.starts_with("emulated device: ") && said.contains(message),
            "{kernel}: {said}"
        );
    }
}

#[test]
fn races_are_named_where_every_access_is_looked_at() {
    if !emulator::is_possible() {
        return;
    }
    assert_eq!(run(Races::Fatal, "right", 1), ["right\n", ""]);
    let cases = [
        (
            "race",
            "(shared memory): it writes what thread 0 wrote since the last barrier; kernels.cu:",
        ),
        (
            "early",
            "(shared memory): it writes what thread 255 read since the last barrier; kernels.cu:",
        ),
        (
            "matrix_race",
            "(shared memory): it writes what thread 0 read since the last barrier; kernels.cu:",
        ),
        (
            "blocks",
            "(device memory): it writes what thread 0 of another block read; kernels.cu:",
        ),
        (
            "same_place",
            "(device memory): it writes what thread 255 of another block wrote; kernels.cu:",
        ),
    ];
    for (kernel, message) in cases {
        let said = run(Races::Fatal, kernel, 0)[1].clone();
        assert!(said.contains(message), "{kernel}: {said}");
    }
}
