//! From the choice of a frame to numbers.

use std::ops::Range;

use crate::error::ImageError;
use crate::facts::Frames;
use crate::image::MAX_CHANNELS;
use crate::reading::FrameChoice;

/// The frames that a choice means in a file of `count`, and the fact to tell.
pub(crate) fn chosen(
    choice: FrameChoice,
    count: usize,
) -> Result<(Range<usize>, Frames), ImageError> {
    let one = |at: usize| {
        let read = Some(at);
        Ok((at..at + 1, Frames { count, read }))
    };
    match choice {
        FrameChoice::First => one(0),
        FrameChoice::Middle => one(count / 2),
        FrameChoice::Number(at) if at < count => one(at),
        FrameChoice::Number(at) => Err(ImageError::Choice {
            found: format!("frame {at} of a file of {count}"),
            expected: format!("frames are 0 to {}", count - 1),
        }),
        FrameChoice::All if count == 1 => one(0),
        FrameChoice::All if count <= MAX_CHANNELS => Ok((0..count, Frames { count, read: None })),
        FrameChoice::All => Err(ImageError::Choice {
            found: format!("all of {count} frames"),
            expected: format!("at most {MAX_CHANNELS} frames are read as channels"),
        }),
    }
}

/// As [`chosen`], for formats of animations of which only the first frame is read: the default
/// choice means the first.
pub(crate) fn first_of(choice: FrameChoice, count: usize) -> Result<Frames, ImageError> {
    match choice {
        FrameChoice::First | FrameChoice::Middle | FrameChoice::Number(0) => Ok(Frames {
            count,
            read: Some(0),
        }),
        FrameChoice::All if count == 1 => Ok(Frames::ONE),
        FrameChoice::Number(_) | FrameChoice::All => Err(ImageError::Choice {
            found: format!("an animation of {count} frames"),
            expected: "its first frame is the one that is read; write the others as PNG".into(),
        }),
    }
}
