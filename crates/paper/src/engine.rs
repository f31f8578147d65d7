//! Setting a sheet.

use payamgir_bulletin::{Engine, Sheet};
use typst::diag::SourceDiagnostic;
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, pdf};

use crate::world::{Fonts, World};

/// The engine. Making one reads the fonts.
pub struct Typst {
    fonts: Fonts,
}

impl Typst {
    /// Reads the fonts.
    pub fn new() -> Self {
        Self { fonts: Fonts::read() }
    }
}

impl Default for Typst {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine for Typst {
    fn set(&self, sheet: &Sheet) -> Result<Vec<u8>, String> {
        let world = World::new(&self.fonts, sheet);
        let document = typst::compile::<PagedDocument>(&world).output.map_err(|e| told(&e))?;
        let standards =
            PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|e| e.message().to_string())?;
        let options =
            PdfOptions { creator: Smart::Custom(None), standards, ..PdfOptions::default() };
        let bytes = pdf(&document, &options).map_err(|e| told(&e));
        // What Typst remembers between documents would only grow.
        typst::comemo::evict(0);
        bytes
    }
}

/// The messages, which are Typst's own: nothing of the sheet stands in them but its structure.
fn told(errors: &[SourceDiagnostic]) -> String {
    let messages = errors.iter().take(3).map(|error| error.message.to_string());
    messages.collect::<Vec<_>>().join("; ")
}
