//! Every vector type against plain arithmetic.

use super::*;
use crate::Isa;

dispatch! {
    fn transposed(values: &mut [f32]) -> usize => transposed_body
}

#[inline(always)]
fn transposed_body<S: Simd>(values: &mut [f32]) -> usize {
    let mut square = [S::splat(0.0); 16];
    // SAFETY: the test passes 16 · 16 values.
    unsafe {
        for row in 0..S::LANES {
            square[row] = S::load(values.as_ptr().add(row * S::LANES));
        }
        S::transpose(&mut square);
        for row in 0..S::LANES {
            S::store(values.as_mut_ptr().add(row * S::LANES), square[row]);
        }
    }
    S::LANES
}

#[test]
fn squares_are_transposed() {
    for isa in Isa::available() {
        let mut values: Vec<f32> = (0_u16..256).map(f32::from).collect();
        let lanes = transposed(isa, &mut values);
        for row in 0..lanes {
            for column in 0..lanes {
                let expected = (column * lanes + row) as f32;
                assert_eq!(values[row * lanes + column], expected, "{isa:?}");
            }
        }
    }
}

dispatch! {
    fn combined(operands: &[f32; 48], result: &mut Vec<[f32; 16]>) -> usize => combined_body
}

#[inline(always)]
fn combined_body<S: Simd>(operands: &[f32; 48], result: &mut Vec<[f32; 16]>) -> usize {
    // SAFETY: no vector has more than 16 lanes.
    unsafe {
        let [a, b, c] = [0, 16, 32].map(|at| S::load(operands.as_ptr().add(at)));
        let values = [
            S::add(a, b),
            S::sub(a, b),
            S::mul(a, b),
            S::fma(a, b, c),
            S::fnma(a, b, c),
            S::where_positive(a, b),
            S::splat(S::sum(a)),
        ];
        for value in values {
            let mut lanes = [0.0; 16];
            S::store(lanes.as_mut_ptr(), value);
            result.push(lanes);
        }
    }
    S::LANES
}

#[test]
fn arithmetic_is_that_of_every_lane() {
    let operands: [f32; 48] = std::array::from_fn(|at| (at * 7 % 31) as f32 - 9.0);
    for isa in Isa::available() {
        let mut result = Vec::new();
        let lanes = combined(isa, &operands, &mut result);
        for lane in 0..lanes {
            let [a, b, c] = [0, 16, 32].map(|at| operands[at + lane]);
            let expected = [
                a + b,
                a - b,
                a * b,
                a * b + c,
                c - a * b,
                if a > 0.0 { b } else { 0.0 },
                operands[..lanes].iter().sum(),
            ];
            for (got, expected) in result.iter().zip(expected) {
                assert_eq!(got[lane], expected, "{isa:?}");
            }
        }
    }
}

dispatch! {
    fn copied(from: *const f32, to: *mut f32, count: usize) -> usize => copied_body
}

#[inline(always)]
fn copied_body<S: Simd>(from: *const f32, to: *mut f32, count: usize) -> usize {
    if count < S::LANES {
        // SAFETY: the test passes pointers to `count` floats.
        unsafe { S::store_part(to, S::load_part(from, count), count) };
    }
    S::LANES
}

dispatch! {
    fn halved(from: *const f32, count: usize, to: &mut [f32; 16]) -> usize => halved_body
}

#[inline(always)]
fn halved_body<S: Simd>(from: *const f32, count: usize, to: &mut [f32; 16]) -> usize {
    if count <= S::LANES {
        // SAFETY: the test passes a pointer to `2 · count − 1` floats.
        unsafe { S::store(to.as_mut_ptr(), S::load_even(from, count)) };
    }
    S::LANES
}

/// Whoever touches a byte behind the floats ends the test with a fault.
#[test]
#[cfg(all(unix, not(miri)))]
fn parts_end_where_they_say() {
    const PAGE: usize = 65536;
    // SAFETY: two fresh pages of this test, the second one closed.
    let floats = unsafe {
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let kind = libc::MAP_PRIVATE | libc::MAP_ANON;
        let pages = libc::mmap(std::ptr::null_mut(), 2 * PAGE, access, kind, -1, 0);
        assert_ne!(pages, libc::MAP_FAILED);
        assert_eq!(libc::mprotect(pages.add(PAGE), PAGE, libc::PROT_NONE), 0);
        std::slice::from_raw_parts_mut(pages.cast::<f32>(), PAGE / size_of::<f32>())
    };
    for isa in Isa::available() {
        for count in 0..16 {
            let (space, end) = floats.split_at_mut(PAGE / size_of::<f32>() - count);
            for (at, value) in end.iter_mut().enumerate() {
                *value = at as f32;
            }
            space[..=count].fill(-1.0);
            if count < copied(isa, end.as_ptr(), space.as_mut_ptr(), count) {
                assert_eq!(space[..count], end[..], "{isa:?}");
                assert_eq!(space[count], -1.0, "{isa:?}");
                end.fill(-1.0);
                copied(isa, space.as_ptr(), end.as_mut_ptr(), count);
                assert_eq!(space[..count], end[..], "{isa:?}");
            }
        }
        for count in 1..=16 {
            let from = &mut floats[PAGE / size_of::<f32>() - (2 * count - 1)..];
            for (at, value) in from.iter_mut().enumerate() {
                *value = at as f32;
            }
            let mut to = [0.0; 16];
            if count <= halved(isa, from.as_ptr(), count, &mut to) {
                for lane in 0..count {
                    assert_eq!(to[lane], (2 * lane) as f32, "{isa:?}");
                }
            }
        }
    }
    // SAFETY: the mapping from above, used no more.
    unsafe { libc::munmap(floats.as_mut_ptr().cast(), 2 * PAGE) };
}
