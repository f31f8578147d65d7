//! A picture of sixteen tones: paper to ink, and one accent.

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{GlyphId, MetadataProvider};

use super::shape::{Face, Line};

/// The accent's number among the tones.
pub(super) const ACCENT: u8 = 15;
/// Tones from paper (0) to ink.
const TONES: u8 = 14;

const PAPER: [u8; 3] = [0xfb, 0xf8, 0xf1];
const INK: [u8; 3] = [0x1d, 0x1b, 0x18];
const RED: [u8; 3] = [0x9b, 0x1c, 0x2e];

/// A picture; a byte for each pixel while it is drawn.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    tones: Vec<u8>,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32) -> Self {
        let (width, height) = (width as usize, height as usize);
        Self { width, height, tones: vec![0; width * height] }
    }

    /// A filled rectangle.
    pub(super) fn bar(&mut self, (x, y): (u32, u32), (width, height): (u32, u32), tone: u8) {
        let right = (x as usize + width as usize).min(self.width);
        for row in y as usize..(y as usize + height as usize).min(self.height) {
            self.tones[row * self.width + x as usize..row * self.width + right].fill(tone);
        }
    }

    /// A line of glyphs in ink, from `x` on, standing on `y`.
    pub(super) fn line(&mut self, face: &Face, line: &Line, (x, y): (f32, f32), size: f32) {
        let outlines = face.font.outline_glyphs();
        let (top, rows) = ((y - size * 1.3).floor().max(0.0), (size * 2.1).ceil() as usize);
        let (left, columns) =
            ((x - size).floor().max(0.0), (line.width + 2.0 * size).ceil() as usize);
        let mut pen = Pen {
            raster: Rasterizer::new(columns, rows),
            origin: (0.0, 0.0),
            first: point(0.0, 0.0),
            at: point(0.0, 0.0),
        };
        for (glyph, dx, dy) in &line.glyphs {
            pen.origin = (x + dx - left, y - dy - top);
            let settings = DrawSettings::unhinted(Size::new(size), LocationRef::default());
            if let Some(outline) = outlines.get(GlyphId::new(*glyph)) {
                // A glyph that our own font cannot draw is one it does not have.
                let _ = outline.draw(settings, &mut pen);
            }
        }
        let (left, top) = (left as usize, top as usize);
        pen.raster.for_each_pixel_2d(|column, row, coverage| {
            let (column, row) = (left + column as usize, top + row as usize);
            if column < self.width && row < self.height {
                let tone = &mut self.tones[row * self.width + column];
                let ink = (coverage.clamp(0.0, 1.0) * f32::from(TONES)).round() as u8;
                *tone = if *tone == ACCENT { ACCENT } else { (*tone).max(ink) };
            }
        });
    }

    /// The picture as PNG, two pixels in a byte.
    pub(super) fn png(&self) -> Vec<u8> {
        let packed: Vec<u8> =
            self.tones.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        let mut out = Vec::with_capacity(32 * 1024);
        let mut encoder = png::Encoder::new(&mut out, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Four);
        encoder.set_palette(palette());
        encoder.set_compression(png::Compression::Fast);
        encoder.set_filter(png::Filter::NoFilter);
        let written =
            encoder.write_header().and_then(|mut writer| writer.write_image_data(&packed));
        written.expect("memory takes what is written, and the size is ours");
        out
    }
}

fn palette() -> Vec<u8> {
    let blend = |tone: u8| {
        let of = |at: usize| {
            let (paper, ink, part) =
                (u32::from(PAPER[at]), u32::from(INK[at]), u32::from(tone.min(TONES)));
            ((paper * (u32::from(TONES) - part) + ink * part) / u32::from(TONES)) as u8
        };
        [of(0), of(1), of(2)]
    };
    (0..ACCENT).map(blend).chain([RED]).flatten().collect()
}

/// Writes an outline into the raster; y grows downwards there.
struct Pen {
    raster: Rasterizer,
    origin: (f32, f32),
    first: Point,
    at: Point,
}

impl Pen {
    fn place(&self, x: f32, y: f32) -> Point {
        point(self.origin.0 + x, self.origin.1 - y)
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.at = self.place(x, y);
        self.first = self.at;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.place(x, y);
        self.raster.draw_line(self.at, to);
        self.at = to;
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let (control, to) = (self.place(cx, cy), self.place(x, y));
        self.raster.draw_quad(self.at, control, to);
        self.at = to;
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let (first, second, to) = (self.place(ax, ay), self.place(bx, by), self.place(x, y));
        self.raster.draw_cubic(self.at, first, second, to);
        self.at = to;
    }

    fn close(&mut self) {
        self.raster.draw_line(self.at, self.first);
        self.at = self.first;
    }
}
