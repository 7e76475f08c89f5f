//! Objects: groups and datasets.

use std::collections::BTreeMap;

use crate::attribute;
use crate::bytes::Bytes;
use crate::dataset::Dataset;
use crate::error::{Result, unsupported};
use crate::header::{self, Message, kind};
use crate::links::{self, Child};
use crate::store::Store;

/// A group or a dataset.
#[derive(Debug)]
pub struct Object<'f, 'a> {
    store: &'f Store<'a>,
    address: u64,
    messages: Vec<Message<'a>>,
}

impl<'f, 'a> Object<'f, 'a> {
    pub(crate) fn read(store: &'f Store<'a>, address: u64) -> Result<Self> {
        Ok(Self {
            store,
            address,
            messages: header::messages(store, address)?,
        })
    }

    /// Where the object is in the file: two names of one object have the same.
    pub fn address(&self) -> u64 {
        self.address
    }

    /// Whether it holds other objects and no array.
    pub fn is_group(&self) -> bool {
        !self.has(kind::LAYOUT)
    }

    /// What a group holds, by name; links to elsewhere are left out. Empty for a dataset.
    pub fn children(&self) -> Result<BTreeMap<String, Child>> {
        let mut children = BTreeMap::new();
        for message in &self.messages {
            match message.kind {
                kind::SYMBOL_TABLE => links::of_table(self.store, message.body()?, &mut children)?,
                kind::LINK => links::of_message(self.store, message.body()?, &mut children)?,
                kind::LINK_INFO => links::check_compact(self.store, message.body()?)?,
                _ => {}
            }
        }
        Ok(children)
    }

    /// A child of a group.
    pub fn open(&self, child: Child) -> Result<Self> {
        Self::read(self.store, child.address)
    }

    /// The object of a path such as `conv1/kernel:0` below this one, if there is one.
    pub fn find(&self, path: &str) -> Result<Option<Self>> {
        let mut found: Option<Self> = None;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let group = found.as_ref().unwrap_or(self);
            match group.children()?.get(name) {
                Some(child) => found = Some(group.open(*child)?),
                None => return Ok(None),
            }
        }
        Ok(found)
    }

    /// The strings of an attribute, one or an array in order; none where there is no attribute of
    /// this name, or where it holds numbers and not one of them.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<String>>> {
        for message in &self.messages {
            if message.kind == kind::ATTRIBUTE {
                self.store.follow(64)?;
                let attribute = attribute::read(message.body()?)?;
                if attribute.name == name.as_bytes() {
                    return attribute.texts(self.store);
                }
            }
        }
        match self.one(kind::ATTRIBUTE_INFO)? {
            Some(info) if attribute::is_dense(self.store, info)? => {
                unsupported("an object with so many attributes that they lie in a heap")
            }
            _ => Ok(None),
        }
    }

    /// The array of a dataset; an error where it holds no floating-point numbers.
    pub fn dataset(&self) -> Result<Dataset<'f, 'a>> {
        if self.has(kind::EXTERNAL) {
            return unsupported("an array in other files");
        }
        // Keras marks what h5py stores as two bytes without meaning.
        let is_bfloat16 = || {
            let marked = self.texts("dtype")?;
            Ok(marked.is_some_and(|marked| marked == ["bfloat16"]))
        };
        Dataset::read(self.store, |kind| self.one(kind), is_bfloat16)
    }

    fn has(&self, kind: u16) -> bool {
        self.messages.iter().any(|message| message.kind == kind)
    }

    fn one(&self, kind: u16) -> Result<Option<Bytes<'a>>> {
        let found = self.messages.iter().find(|message| message.kind == kind);
        found.map(Message::body).transpose()
    }
}
