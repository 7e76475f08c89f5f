//! The gallery as it lies in the directory of a study.

use durable::{Manifest, Sealed};

use crate::directory::StudyDirectory;
use crate::error::RecordError;
use crate::gallery::Gallery;
use crate::names::{GALLERY, GALLERY_RECORD};

impl StudyDirectory {
    /// The gallery, if there is one; every byte that is read of it is held against its record.
    pub fn gallery(&self) -> Result<Option<Sealed<Gallery>>, RecordError> {
        Ok(GALLERY_RECORD.read(&GALLERY.path(self.path()))?)
    }

    /// The bytes of one of its pictures.
    pub fn gallery_picture(&self, files: &Manifest, name: &str) -> Result<Vec<u8>, RecordError> {
        Ok(files.read(&GALLERY.path(self.path()), name)?)
    }
}
