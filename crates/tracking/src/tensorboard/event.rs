//! Events of TensorBoard (`Event`, `Summary`, `TensorProto` and the plugin `hparams`), as
//! `tensorflow/core/util/event.proto` and its neighbours number their fields.

use super::wire::Message;
use crate::cell::Cell;

/// The plugin that shows settings.
const HPARAMS: &str = "hparams";
/// `DataClass` of metadata.
const CLASS_TENSOR: u64 = 2;
/// `DataType` of tensors.
const FLOAT: u64 = 1;
/// `Status` of a session.
const SUCCESS: u64 = 1;
const FAILURE: u64 = 2;

/// The first event of every file.
pub(super) fn version(time: f64) -> Vec<u8> {
    let event = Message::new().double(1, time);
    event.bytes(3, b"brain.Event:2").written()
}

/// A number at a step, in single precision: TensorBoard's data server passes over scalars in double
/// precision without a word.
pub(super) fn scalar(time: f64, step: u64, tag: &str, number: f64) -> Vec<u8> {
    let value = Message::new().bytes(1, tag.as_bytes());
    event(time, step, &value.float(2, number as f32))
}

/// Settings of a run that began at `time`.
pub(super) fn start(time: f64, group: &str, settings: &[(&'static str, Cell)]) -> Vec<u8> {
    let mut session = Message::new();
    for (name, cell) in settings {
        let value = match cell {
            Cell::Empty => continue,
            Cell::Text(text) => Message::new().bytes(3, text.as_bytes()),
            Cell::Integer(count) => Message::new().double(2, *count as f64),
            Cell::Number(number) => Message::new().double(2, *number),
        };
        let entry = Message::new().bytes(1, name.as_bytes()).message(2, &value);
        session = session.message(1, &entry);
    }
    let session = session.bytes(4, group.as_bytes()).double(5, time);
    session_event(time, "_hparams_/session_start_info", 3, &session)
}

/// The end of a run.
pub(super) fn end(time: f64, is_done: bool) -> Vec<u8> {
    let status = if is_done { SUCCESS } else { FAILURE };
    let session = Message::new().integer(1, status).double(2, time);
    session_event(time, "_hparams_/session_end_info", 4, &session)
}

/// When an event of ours happened, and at which step; none of what is none.
pub(super) fn moment(event: &[u8]) -> Option<(f64, u64)> {
    let (time, rest) = event.strip_prefix(&[0x09])?.split_first_chunk::<8>()?;
    let mut step = 0u64;
    for (place, byte) in rest.strip_prefix(&[0x10])?.iter().take(9).enumerate() {
        step |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((f64::from_le_bytes(*time), step));
        }
    }
    None
}

fn session_event(time: f64, tag: &str, field: u32, session: &Message) -> Vec<u8> {
    let content = Message::new().message(field, session).written();
    let plugin = Message::new()
        .bytes(1, HPARAMS.as_bytes())
        .bytes(2, &content);
    let metadata = Message::new().message(1, &plugin).integer(4, CLASS_TENSOR);
    let shape = Message::new().message(2, &Message::new().integer(1, 0));
    let nothing = Message::new().integer(1, FLOAT).message(2, &shape);
    let value = Message::new().bytes(1, tag.as_bytes());
    event(time, 0, &value.message(8, &nothing).message(9, &metadata))
}

fn event(time: f64, step: u64, value: &Message) -> Vec<u8> {
    let summary = Message::new().message(1, value);
    let event = Message::new().double(1, time).integer(2, step);
    event.message(5, &summary).written()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_back_and_nothing_else_is_taken_for_one() {
        for step in [0, 1, 127, 128, 300, 1 << 40] {
            let event = scalar(1.5e9, step, "train/loss", 0.25);
            assert_eq!(moment(&event), Some((1.5e9, step)));
        }
        assert_eq!(moment(&version(2.0)), None);
        for broken in [&[][..], &[9, 0], &[9, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0x80]] {
            assert_eq!(moment(broken), None);
        }
    }
}
