//! The fonts that badges are set in: `DejaVu` Sans in two weights, and fall-backs for what it does not have.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use greencheck_core::badge::BadgeConfig;
use harfrust::{ShaperData, UnicodeBuffer};
use resvg::usvg::{FontResolver, Options, fontdb};
use skrifa::{FontRef, MetadataProvider};
use unicode_script::{Script, UnicodeScript};

const REGULAR: &[u8] = include_bytes!("../fonts/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/DejaVuSans-Bold.ttf");

type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// Why the folder of fall-back fonts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    #[error("{path:?} of badge.fonts cannot be read")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{0:?} of badge.fonts holds no font: put TrueType or OpenType files there")]
    NoFont(PathBuf),
}

/// The weights that badges use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// The fonts at hand. Cheap to clone.
#[derive(Clone)]
pub struct Fonts {
    database: Arc<fontdb::Database>,
    faces: Arc<Faces>,
}

/// Our own faces, and the fall-backs in the order in which they are asked.
struct Faces {
    regular: Face,
    bold: Face,
    fallbacks: Vec<Face>,
}

struct Face {
    id: fontdb::ID,
    data: Bytes,
    index: u32,
    shaper: ShaperData,
}

impl Fonts {
    /// The fonts that are part of the program.
    pub fn embedded() -> Self {
        Self::assemble(&[])
    }

    /// The fonts that `config` asks for.
    pub fn of(config: &BadgeConfig) -> Result<Self, FontError> {
        config.fonts.as_deref().map_or_else(|| Ok(Self::embedded()), Self::with_folder)
    }

    /// The fonts that are part of the program and, for characters that those lack, the files of `folder` (`ttf`, `otf`,
    /// `ttc`) in the order of their names. They are read into memory.
    pub fn with_folder(folder: &Path) -> Result<Self, FontError> {
        let read = |source| FontError::Read { path: folder.to_owned(), source };
        let entries = std::fs::read_dir(folder).map_err(read)?;
        let mut files = entries.collect::<Result<Vec<_>, _>>().map_err(read)?;
        files.sort_by_key(std::fs::DirEntry::file_name);
        let mut fonts: Vec<Bytes> = Vec::new();
        for path in files.into_iter().map(|file| file.path()).filter(|path| is_font(path)) {
            let bytes = std::fs::read(&path).map_err(|source| FontError::Read { path, source })?;
            fonts.push(Arc::new(bytes));
        }
        let fonts = Self::assemble(&fonts);
        if fonts.faces.fallbacks.is_empty() {
            return Err(FontError::NoFont(folder.to_owned()));
        }
        Ok(fonts)
    }

    fn assemble(fallbacks: &[Bytes]) -> Self {
        let mut database = fontdb::Database::new();
        let mut own = |data: &'static [u8]| {
            load(&mut database, &(Arc::new(data) as Bytes)).pop().expect("the embedded fonts are fonts")
        };
        let (regular, bold) = (own(REGULAR), own(BOLD));
        let fallbacks = fallbacks.iter().flat_map(|data| load(&mut database, data)).collect();
        Self { database: Arc::new(database), faces: Arc::new(Faces { regular, bold, fallbacks }) }
    }

    /// How resvg finds these fonts and no others.
    pub(crate) fn options(&self) -> Options<'static> {
        let (own, fallback) = (Arc::clone(&self.faces), Arc::clone(&self.faces));
        let resolver = FontResolver {
            select_font: Box::new(move |font, _| {
                Some(own.own(if font.weight() >= 600 { Weight::Bold } else { Weight::Regular }).id)
            }),
            select_fallback: Box::new(move |character, used, _| {
                let mut faces = fallback.all(Weight::Regular).filter(|face| !used.contains(&face.id));
                faces.find(|face| face.has(character)).map(|face| face.id)
            }),
        };
        Options { fontdb: Arc::clone(&self.database), font_resolver: resolver, ..Options::default() }
    }

    /// Whether any font has a glyph for `character`.
    pub(crate) fn have(&self, character: char) -> bool {
        self.faces.all(Weight::Regular).any(|face| face.has(character))
    }

    /// How wide `text` is when set in `size`, in the unit of `size`.
    pub(crate) fn width(&self, text: &str, weight: Weight, size: f32) -> f32 {
        self.runs(text, weight).map(|(run, face)| face.width(run, size)).sum()
    }

    /// The parts of `text` that are set in one font and one script.
    fn runs<'a>(&'a self, text: &'a str, weight: Weight) -> impl Iterator<Item = (&'a str, &'a Face)> {
        let mut rest = text;
        std::iter::from_fn(move || {
            let mut characters = rest.char_indices();
            let (_, first) = characters.next()?;
            let face = self.faces.face_for(first, weight);
            let mut script = first.script();
            let end = characters.find(|(_, character)| {
                let other = character.script();
                let joins = is_neutral(other) || is_neutral(script) || other == script;
                if is_neutral(script) {
                    script = other;
                }
                !joins || self.faces.face_for(*character, weight).id != face.id
            });
            let (run, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
            rest = after;
            Some((run, face))
        })
    }
}

impl Faces {
    fn own(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    fn all(&self, weight: Weight) -> impl Iterator<Item = &Face> {
        std::iter::once(self.own(weight)).chain(&self.fallbacks)
    }

    fn face_for(&self, character: char, weight: Weight) -> &Face {
        self.all(weight).find(|face| face.has(character)).unwrap_or(self.own(weight))
    }
}

impl Face {
    fn font(&self) -> FontRef<'_> {
        FontRef::from_index((*self.data).as_ref(), self.index).expect("the face was read when it was loaded")
    }

    fn has(&self, character: char) -> bool {
        self.font().charmap().map(character).is_some_and(|glyph| glyph.to_u32() != 0)
    }

    fn width(&self, run: &str, size: f32) -> f32 {
        let font = self.font();
        let shaper = self.shaper.shaper(&font).build();
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(run);
        buffer.guess_segment_properties();
        let glyphs = shaper.shape(buffer, harfrust::ShapeOptions::new());
        let advance: i32 = glyphs.glyph_positions().iter().map(|glyph| glyph.x_advance).sum();
        #[expect(clippy::cast_precision_loss, reason = "a line of a badge has some thousand units")]
        let ems = advance as f32 / shaper.units_per_em() as f32;
        ems * size
    }
}

fn load(database: &mut fontdb::Database, data: &Bytes) -> Vec<Face> {
    let ids = database.load_font_source(fontdb::Source::Binary(Arc::clone(data)));
    let faces = ids.into_iter().filter_map(|id| {
        let index = database.face(id)?.index;
        let font = FontRef::from_index((**data).as_ref(), index).ok()?;
        Some(Face { id, shaper: ShaperData::new(&font), data: Arc::clone(data), index })
    });
    faces.collect()
}

fn is_font(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    ["ttf", "otf", "ttc"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Characters such as spaces and digits belong to the script around them.
fn is_neutral(script: Script) -> bool {
    matches!(script, Script::Common | Script::Inherited)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_grow_with_the_text_and_the_size() {
        let fonts = Fonts::embedded();
        let width = |text, size| fonts.width(text, Weight::Regular, size);
        // The advance of a digit in DejaVu Sans is 1303 of 2048 units.
        assert!((width("00000000", 10.0) - 8.0 * 13030.0 / 2048.0).abs() < 0.01);
        assert!((width("example.com", 20.0) - 2.0 * width("example.com", 10.0)).abs() < 0.01);
        assert!(fonts.width("example.com", Weight::Bold, 10.0) > width("example.com", 10.0));
        assert!(width("", 10.0).abs() < f32::EPSILON);
        assert!(width("ааб abc", 10.0) > width("ааб", 10.0));
    }

    #[test]
    fn joined_arabic_letters_are_measured_joined() {
        let fonts = Fonts::embedded();
        let word = fonts.width("مثال", Weight::Regular, 10.0);
        let letters: f32 =
            "مثال".chars().map(|letter| fonts.width(&letter.to_string(), Weight::Regular, 10.0)).sum();
        assert!(word < letters, "{word} {letters}");
    }

    #[test]
    fn what_the_fonts_lack_is_known() {
        let fonts = Fonts::embedded();
        assert!("Aéжաשمგ".chars().all(|character| fonts.have(character)));
        assert!("例😀".chars().all(|character| !fonts.have(character)));
    }

    #[test]
    fn a_folder_without_fonts_is_refused() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        assert!(matches!(Fonts::with_folder(&folder), Err(FontError::NoFont(_))));
        assert!(matches!(Fonts::with_folder(&folder.join("absent")), Err(FontError::Read { .. })));
    }
}
