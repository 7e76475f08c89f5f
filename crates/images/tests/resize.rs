//! Resizing agrees with Pillow. The golden numbers come from Pillow 13.0.0 and this script:
//! ```python
//! import torch, numpy as np
//! torch.set_num_threads(1)
//! def values(n, seed):
//!     s=(seed*0x9E3779B97F4A7C15 & (2**64-1))|1; out=[]
//!     for _ in range(n):
//!         s^=(s<<13)&(2**64-1); s^=s>>7; s^=(s<<17)&(2**64-1)
//!         out.append((s>>40)/2**23-1)
//!     return torch.tensor(out, dtype=torch.float64)
//! def show(name,t): print(f'const {name}: [f64; {t.numel()}] = [', ', '.join(f'{v:.9}' for v in t.detach().flatten().tolist()), '];',sep='')
//! F=torch.nn.functional
//! x=values(2*2*3*4,1).view(2,2,3,4).requires_grad_(); g=values(2,2).requires_grad_(); b=values(2,3).requires_grad_()
//! rv=torch.zeros(2,dtype=torch.float64); rm=torch.zeros(2,dtype=torch.float64)
//! y=F.batch_norm(x,rm,rv,g,b,True,1.0,1e-5).relu(); dy=values(48,4).view(2,2,3,4); y.backward(dy)
//! show('MEAN',rm);show('VAR',rv);show('Y',y); show('DX',x.grad); show('DGAMMA',g.grad); show('DBETA',b.grad)
//! x=values(2*5*6,5).view(1,2,5,6).requires_grad_()
//! y,i=F.max_pool2d(x,3,2,1,ceil_mode=True,return_indices=True); print(y.shape); y.backward(values(y.numel(),6).view(y.shape)); show('MAX_Y',y); show('MAX_DX',x.grad)
//! for inc in (True,False):
//!     x=values(2*5*6,5).view(1,2,5,6).requires_grad_()
//!     y=F.avg_pool2d(x,[3,2],2,1,ceil_mode=True,count_include_pad=inc);print(y.shape); y.backward(values(y.numel(),6).view(y.shape)); show(f'AVERAGE_Y_{inc}'.upper(),y); show(f'AVERAGE_DX_{inc}'.upper(),x.grad)
//! def opt(name,make):
//!     w=values(3,7).clone().requires_grad_(); o=make([w])
//!     for k in range(3): w.grad=values(3,8+k); o.step()
//!     show(name,w)
//! O=torch.optim
//! opt('SGD',lambda p:O.SGD(p,lr=.1,momentum=.9,weight_decay=.01)); opt('NESTEROV',lambda p:O.SGD(p,lr=.1,momentum=.9,nesterov=True))
//! opt('ADAM',lambda p:O.Adam(p,lr=.1,weight_decay=.01)); opt('ADAMW',lambda p:O.AdamW(p,lr=.1,weight_decay=.1))
//! ```

use images::frame::resize;
use images::{Fit, Frame, Image, Samples};

fn pattern(width: usize, height: usize, channels: usize, top: i64) -> Vec<i64> {
    let mut samples = Vec::new();
    for y in 0..height as i64 {
        for x in 0..width as i64 {
            for k in 0..channels as i64 {
                samples.push((x * 7 + y * 13 + k * 29 + (x * y) % 11 * 5) * 977 % (top + 1));
            }
        }
    }
    samples
}

fn picture(width: usize, height: usize, channels: usize) -> Image {
    let samples = pattern(width, height, channels, 255)
        .into_iter()
        .map(|s| s as u8)
        .collect();
    Image::from_u8(width, height, channels, samples)
}

/// The upper left corner.
fn corner(image: &Image, width: usize, height: usize) -> Image {
    let Samples::U8(samples) = &image.samples else {
        panic!("8 bits")
    };
    let row = image.width * image.channels;
    let kept = (0..height).flat_map(|y| samples[y * row..][..width * image.channels].to_vec());
    Image::from_u8(width, height, image.channels, kept.collect())
}

fn difference<S: Copy + Into<i64>>(ours: &[S], golden: &[S]) -> i64 {
    assert_eq!(ours.len(), golden.len());
    ours.iter()
        .zip(golden)
        .map(|(&a, &b)| (a.into() - b.into()).abs())
        .max()
        .unwrap_or(0)
}

#[test]
fn eight_bits_agree_with_pillow_but_for_one_level_in_few_samples() {
    let (grey, rgb) = (picture(37, 23, 1), picture(10, 7, 3));
    let cases: [(Image, usize, &[u8]); 4] = [
        (grey.clone(), 8, &GREY_DOWN),
        (corner(&grey, 4, 5), 9, &GREY_UP),
        (rgb.clone(), 4, &RGB_DOWN),
        (corner(&rgb, 3, 2), 5, &RGB_UP),
    ];
    for (image, side, golden) in cases {
        let Samples::U8(ours) = resize(&image, side, side).samples else {
            panic!("8 bits")
        };
        let differing = ours.iter().zip(golden).filter(|(a, b)| a != b).count();
        // Pillow's weights have 22 bits, those of the resizer 16.
        assert!(
            differing * 20 <= golden.len(),
            "{differing} of {} samples",
            golden.len()
        );
        assert!(
            difference(&ours, golden) <= 1,
            "{}×{} to {side}",
            image.width,
            image.height
        );
    }
}

#[test]
fn sixteen_bits_agree_with_pillow_within_one_level() {
    let samples = pattern(37, 23, 1, 65_535)
        .into_iter()
        .map(|s| s as u16)
        .collect();
    let image = Image {
        width: 37,
        height: 23,
        channels: 1,
        samples: Samples::U16(samples),
    };
    let Samples::U16(ours) = resize(&image, 8, 8).samples else {
        panic!("16 bits")
    };
    assert!(difference(&ours, &DEEP_DOWN) <= 1);
}

#[test]
fn grey_agrees_with_pillow_and_rgb_replicates_grey() {
    let rgb = corner(&picture(10, 7, 3), 2, 2);
    let Samples::U8(grey) = Frame::new(2, 1).apply(&rgb).samples else {
        panic!("8 bits")
    };
    assert_eq!(grey, [LUMA[0], LUMA[1], LUMA[10], LUMA[11]]);
    let Samples::U8(back) = Frame::new(2, 3)
        .apply(&Image::from_u8(2, 2, 1, vec![1, 2, 3, 4]))
        .samples
    else {
        panic!("8 bits")
    };
    assert_eq!(back, [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
}

#[test]
fn padding_and_cropping_keep_the_aspect() {
    let wide = Image::from_u8(4, 2, 1, vec![10, 20, 30, 40, 50, 60, 70, 80]);
    let fitted = |fit| match (Frame {
        size: 4,
        channels: 1,
        fit,
    })
    .apply(&wide)
    .samples
    {
        Samples::U8(samples) => samples,
        _ => panic!("8 bits"),
    };
    assert_eq!(
        fitted(Fit::Pad),
        [0, 0, 0, 0, 10, 20, 30, 40, 50, 60, 70, 80, 0, 0, 0, 0]
    );
    let crop = Frame {
        size: 2,
        channels: 1,
        fit: Fit::CenterCrop,
    }
    .apply(&wide);
    assert_eq!(crop.samples, Samples::U8(vec![20, 30, 60, 70]));
}

const GREY_DOWN: [u8; 64] = [
    126, 132, 129, 126, 124, 135, 120, 120, 151, 161, 127, 145, 135, 118, 137, 117, 131, 122, 123,
    126, 119, 133, 126, 142, 131, 121, 136, 117, 118, 130, 123, 119, 146, 122, 131, 103, 124, 104,
    117, 112, 121, 143, 126, 109, 140, 94, 109, 119, 120, 128, 129, 133, 149, 124, 133, 128, 129,
    136, 118, 129, 144, 125, 134, 117,
];
const GREY_UP: [u8; 81] = [
    0, 31, 112, 179, 147, 114, 82, 49, 37, 52, 70, 116, 153, 124, 95, 66, 36, 25, 140, 135, 124,
    111, 87, 62, 38, 14, 5, 113, 106, 87, 74, 106, 137, 125, 106, 99, 58, 53, 39, 40, 140, 239,
    240, 226, 221, 145, 142, 133, 131, 173, 215, 213, 204, 201, 204, 202, 199, 196, 193, 189, 187,
    185, 184, 149, 150, 152, 153, 155, 157, 165, 174, 178, 116, 118, 123, 128, 133, 137, 152, 168,
    174,
];
const RGB_DOWN: [u8; 48] = [
    103, 108, 135, 113, 140, 119, 114, 127, 163, 142, 125, 98, 129, 157, 111, 178, 129, 70, 154,
    81, 149, 134, 104, 115, 134, 100, 147, 172, 101, 68, 185, 131, 50, 164, 137, 91, 113, 166, 105,
    140, 109, 117, 125, 151, 99, 145, 102, 129,
];
const RGB_UP: [u8; 75] = [
    0, 173, 90, 73, 144, 61, 183, 100, 17, 139, 56, 127, 110, 27, 200, 16, 163, 106, 79, 135, 77,
    175, 92, 35, 133, 65, 131, 104, 47, 194, 79, 124, 169, 105, 99, 144, 144, 61, 106, 107, 100,
    146, 82, 127, 172, 141, 84, 231, 130, 62, 210, 113, 30, 177, 80, 135, 160, 59, 206, 149, 157,
    74, 247, 136, 53, 226, 105, 22, 195, 74, 144, 164, 53, 226, 143,
];
const DEEP_DOWN: [u16; 64] = [
    28589, 33162, 33031, 33650, 36068, 33481, 32525, 33020, 34439, 34591, 33646, 31581, 29362,
    34056, 30594, 27220, 34060, 29597, 36071, 33097, 32155, 30252, 34363, 36245, 36048, 36166,
    35939, 29309, 19373, 29945, 24912, 34077, 30362, 35340, 33020, 33724, 27931, 34426, 29449,
    34001, 30061, 30662, 31020, 34627, 29582, 32174, 36229, 29643, 32319, 30668, 33040, 36149,
    33249, 34564, 33560, 29259, 36910, 22903, 21070, 28196, 23244, 33971, 28667, 28337,
];
const LUMA: [u8; 20] = [
    112, 115, 72, 149, 152, 109, 186, 113, 116, 73, 119, 67, 165, 113, 137, 115, 63, 161, 185, 133,
];
