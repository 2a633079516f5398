use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::entity_tag;

/// How a badge is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageFormat {
    Svg,
    Png,
    /// `WebP` without loss.
    WebP,
}

impl ImageFormat {
    pub const ALL: [Self; 3] = [Self::Svg, Self::Png, Self::WebP];

    /// The ending of a file name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::WebP => "webp",
        }
    }

    /// The format that [`extension`](Self::extension) spells as `text`.
    pub fn from_extension(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.extension() == text)
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }
}

/// A badge that is drawn. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    pub format: ImageFormat,
    pub bytes: Bytes,
    /// A strong entity tag in its quotes (RFC 9110, section 8.8.3), made of the bytes alone: the same in every process.
    pub etag: [u8; 34],
}

impl Image {
    pub fn new(format: ImageFormat, bytes: Bytes) -> Self {
        let hash = Sha256::digest(&bytes);
        let etag = entity_tag(std::array::from_fn(|at| hash[at]));
        Self { format, bytes, etag }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_is_of_the_bytes() {
        let image = |bytes: &'static [u8]| Image::new(ImageFormat::Png, Bytes::from_static(bytes));
        assert_eq!(&image(b"abc").etag, b"\"ba7816bf8f01cfea414140de5dae2223\"");
        assert_ne!(image(b"abc").etag, image(b"abd").etag);
    }
}
