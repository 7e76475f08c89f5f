//! The pickle machine: plain values only, nothing is ever executed. What a class or function that
//! stands for no plain value would have made is kept as an object of which nothing is known.
//!
//! Opcodes are those of Python's `pickletools`, as protocols 2 to 5 write them.

use std::collections::BTreeMap;

use super::bytes::Bytes;
use super::global::Global;
use super::rebuild;
use super::value::{Value, Values};
use crate::error::Flaw;

/// Most opcodes of one pickle; a checkpoint of a thousand tensors with its optimiser has about
/// a hundred thousand.
const MAX_OPCODES: usize = 1 << 22;
/// Most values on the stack; Python adds to containers in batches of a thousand.
const MAX_STACK: usize = 1 << 18;
/// Most values kept for later.
const MAX_MEMO: usize = 1 << 20;
/// Longest text, in bytes.
const MAX_TEXT: usize = 1 << 20;

/// What one pickle holds.
#[derive(Debug)]
pub(super) struct Pickle<'a> {
    pub(super) root: Value<'a>,
    pub(super) values: Values<'a>,
}

impl<'a> Pickle<'a> {
    /// Reads the pickle that `bytes` begin with, and moves them behind it.
    pub(super) fn read(bytes: &mut Bytes<'a>) -> Result<Self, Flaw> {
        let mut machine = Machine {
            stack: Vec::new(),
            marks: Vec::new(),
            memo: BTreeMap::new(),
            values: Values::default(),
        };
        for _ in 0..MAX_OPCODES {
            let at = bytes.position();
            let opcode = bytes.byte()?;
            if opcode == b'.' {
                let root = machine.pop()?;
                return Ok(Self {
                    root,
                    values: machine.values,
                });
            }
            machine.step(opcode, bytes).map_err(|flaw| match flaw {
                Flaw::Damaged(reason) => Flaw::Damaged(format!("{reason}, at byte {at}")),
                flaw => flaw,
            })?;
        }
        Err(Flaw::Damaged(format!(
            "more than {MAX_OPCODES} steps in a pickle"
        )))
    }
}

struct Machine<'a> {
    stack: Vec<Value<'a>>,
    /// Heights of the stack where a group of items begins.
    marks: Vec<usize>,
    memo: BTreeMap<u64, Value<'a>>,
    values: Values<'a>,
}

impl<'a> Machine<'a> {
    fn step(&mut self, opcode: u8, bytes: &mut Bytes<'a>) -> Result<(), Flaw> {
        let value = match opcode {
            // PROTO, FRAME
            0x80 => return bytes.byte().map(drop),
            0x95 => return bytes.array::<8>().map(drop),
            // MARK, POP, POP_MARK, DUP
            b'(' => return self.mark(),
            b'0' => return self.drop_top(),
            b'1' => return self.group().map(drop),
            b'2' => self.top()?,

            b'N' => Value::None,
            0x88 => Value::Bool(true),
            0x89 => Value::Bool(false),
            // BININT, BININT1, BININT2, LONG1, LONG4, BINFLOAT
            b'J' => Value::Int(i32::from_le_bytes(bytes.array()?).into()),
            b'K' => Value::Int(bytes.byte()?.into()),
            b'M' => Value::Int(u16::from_le_bytes(bytes.array()?).into()),
            0x8a => long(bytes.counted::<1>()?),
            0x8b => long(bytes.counted::<4>()?),
            b'G' => Value::Float(f64::from_be_bytes(bytes.array()?)),
            // BINUNICODE, SHORT_BINUNICODE, BINUNICODE8
            b'X' => text(bytes.counted::<4>()?)?,
            0x8c => text(bytes.counted::<1>()?)?,
            0x8d => text(bytes.counted::<8>()?)?,
            // BINSTRING, SHORT_BINSTRING: text of Python 2, or bytes
            b'T' => text_or_bytes(bytes.counted::<4>()?),
            b'U' => text_or_bytes(bytes.counted::<1>()?),
            // BINBYTES, SHORT_BINBYTES, BINBYTES8, BYTEARRAY8
            b'B' => Value::Bytes(bytes.counted::<4>()?),
            b'C' => Value::Bytes(bytes.counted::<1>()?),
            0x8e | 0x96 => Value::Bytes(bytes.counted::<8>()?),

            // EMPTY_LIST, EMPTY_TUPLE; LIST, TUPLE
            b']' | b')' => self.values.sequence(Vec::new()),
            b'l' | b't' => {
                let items = self.group()?;
                self.values.sequence(items)
            }
            // TUPLE1, TUPLE2, TUPLE3
            0x85..=0x87 => {
                let mut items = Vec::new();
                for _ in 0x85..=opcode {
                    items.insert(0, self.pop()?);
                }
                self.values.sequence(items)
            }
            // APPEND, APPENDS
            b'a' => {
                let item = self.pop()?;
                return self.append(vec![item]);
            }
            b'e' => {
                let items = self.group()?;
                return self.append(items);
            }
            // EMPTY_DICT, DICT; SETITEM, SETITEMS
            b'}' => self.values.dict(Vec::new()),
            b'd' => {
                let entries = rebuild::pairs(&self.group()?)?;
                self.values.dict(entries)
            }
            b's' => {
                let value = self.pop()?;
                let key = self.pop()?;
                return self.set(vec![(key, value)]);
            }
            b'u' => {
                let entries = rebuild::pairs(&self.group()?)?;
                return self.set(entries);
            }

            // BINPUT, LONG_BINPUT, MEMOIZE; BINGET, LONG_BINGET
            b'q' => return self.remember(bytes.byte()?.into()),
            b'r' => return self.remember(u32::from_le_bytes(bytes.array()?).into()),
            0x94 => return self.remember(self.memo.len() as u64),
            b'h' => self.recall(bytes.byte()?.into())?,
            b'j' => self.recall(u32::from_le_bytes(bytes.array()?).into())?,

            // GLOBAL, STACK_GLOBAL
            b'c' => {
                let module = bytes.line()?;
                let name = bytes.line()?;
                self.global(module, name)?
            }
            0x93 => match (self.pop()?, self.pop()?) {
                (Value::Text(name), Value::Text(module)) => self.global(module, name)?,
                _ => return Err(Flaw::damaged("a name that is no string")),
            },
            // INST, OBJ: a class, made with the items of the group
            b'i' => {
                let module = bytes.line()?;
                let name = bytes.line()?;
                self.group()?;
                let class = self.global(module, name)?;
                rebuild::object(class)?
            }
            b'o' => match self.group()?.first() {
                Some(class) => rebuild::object(*class)?,
                None => return Err(Flaw::damaged("an object without a class")),
            },
            // NEWOBJ, NEWOBJ_EX
            0x81 => {
                let arguments = self.pop()?;
                let class = self.pop()?;
                rebuild::call(&mut self.values, class, arguments)?
            }
            0x92 => {
                let _named = self.pop()?;
                let arguments = self.pop()?;
                let class = self.pop()?;
                rebuild::call(&mut self.values, class, arguments)?
            }
            // EMPTY_SET; ADDITEMS; FROZENSET
            0x8f => self.values.sequence(Vec::new()),
            0x90 => {
                let items = self.group()?;
                return self.append(items);
            }
            0x91 => {
                let items = self.group()?;
                self.values.sequence(items)
            }
            // REDUCE, BUILD, BINPERSID
            b'R' => {
                let arguments = self.pop()?;
                let function = self.pop()?;
                rebuild::call(&mut self.values, function, arguments)?
            }
            b'b' => return self.build(),
            b'Q' => {
                let id = self.pop()?;
                rebuild::storage(&mut self.values, id)?
            }
            _ => {
                return Err(Flaw::Damaged(format!(
                    "pickle opcode {opcode:#04x}, which checkpoints do not use"
                )));
            }
        };
        self.push(value)
    }

    fn push(&mut self, value: Value<'a>) -> Result<(), Flaw> {
        if self.stack.len() == MAX_STACK {
            return Err(Flaw::Damaged(format!(
                "more than {MAX_STACK} values on the stack"
            )));
        }
        self.stack.push(value);
        Ok(())
    }

    /// The number of values below the innermost open group.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn top(&self) -> Result<Value<'a>, Flaw> {
        let open = &self.stack[self.floor()..];
        open.last()
            .copied()
            .ok_or_else(|| Flaw::damaged("a value is missing on the stack"))
    }

    fn pop(&mut self) -> Result<Value<'a>, Flaw> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    /// POP removes a value or, where there is none above it, a mark.
    fn drop_top(&mut self) -> Result<(), Flaw> {
        if self.marks.last() == Some(&self.stack.len()) {
            self.marks.pop();
            return Ok(());
        }
        self.pop().map(drop)
    }

    fn mark(&mut self) -> Result<(), Flaw> {
        if self.marks.len() == MAX_STACK {
            return Err(Flaw::Damaged(format!("more than {MAX_STACK} open groups")));
        }
        self.marks.push(self.stack.len());
        Ok(())
    }

    /// The values since the innermost mark, which goes with them.
    fn group(&mut self) -> Result<Vec<Value<'a>>, Flaw> {
        let start = self
            .marks
            .pop()
            .ok_or_else(|| Flaw::damaged("the end of a group that does not begin"))?;
        Ok(self.stack.split_off(start))
    }

    fn append(&mut self, items: Vec<Value<'a>>) -> Result<(), Flaw> {
        match self.top()? {
            Value::Sequence(place) => self.values.sequences[place].extend(items),
            Value::Object(_) => {}
            other => return Err(Flaw::Damaged(format!("items added to {}", other.kind()))),
        }
        Ok(())
    }

    fn set(&mut self, entries: Vec<(Value<'a>, Value<'a>)>) -> Result<(), Flaw> {
        match self.top()? {
            Value::Dict(place) => self.values.dicts[place].extend(entries),
            Value::Object(_) => {}
            other => return Err(Flaw::Damaged(format!("entries added to {}", other.kind()))),
        }
        Ok(())
    }

    fn remember(&mut self, key: u64) -> Result<(), Flaw> {
        let value = self.top()?;
        self.memo.insert(key, value);
        if self.memo.len() > MAX_MEMO {
            return Err(Flaw::Damaged(format!("more than {MAX_MEMO} memo entries")));
        }
        Ok(())
    }

    fn recall(&self, key: u64) -> Result<Value<'a>, Flaw> {
        self.memo
            .get(&key)
            .copied()
            .ok_or_else(|| Flaw::Damaged(format!("memo entry {key} is used before it is set")))
    }

    /// BUILD sets attributes. A state dict carries `_metadata`, the versions of its modules,
    /// which is not needed; an object would have its `__setstate__` called, and is none here.
    fn build(&mut self) -> Result<(), Flaw> {
        self.pop()?;
        match self.top()? {
            Value::Dict(_) | Value::Object(_) | Value::Tensor(_) => Ok(()),
            other => Err(Flaw::Damaged(format!("attributes of {}", other.kind()))),
        }
    }

    fn global(&mut self, module: &str, name: &str) -> Result<Value<'a>, Flaw> {
        match Global::named(module, name) {
            Some(global) => Ok(Value::Global(global)),
            None => self.values.foreign(module, name),
        }
    }
}

/// An integer of as many bytes as it needs.
fn long(bytes: &[u8]) -> Value<'_> {
    if bytes.len() > 8 {
        return Value::Long(bytes);
    }
    let sign = bytes.last().is_some_and(|top| top & 0x80 != 0);
    let mut all = if sign { [0xff; 8] } else { [0; 8] };
    all[..bytes.len()].copy_from_slice(bytes);
    Value::Int(i64::from_le_bytes(all))
}

fn text(bytes: &[u8]) -> Result<Value<'_>, Flaw> {
    if bytes.len() > MAX_TEXT {
        return Err(Flaw::Damaged(format!("a string of {} bytes", bytes.len())));
    }
    std::str::from_utf8(bytes)
        .map(Value::Text)
        .map_err(|_| Flaw::damaged("a string that is not UTF-8"))
}

fn text_or_bytes(bytes: &[u8]) -> Value<'_> {
    text(bytes).unwrap_or(Value::Bytes(bytes))
}
