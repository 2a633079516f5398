use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

type Colour = [u8; 4];
type ByColour<T> = HashMap<Colour, T, BuildHasherDefault<ColourHasher>>;

/// A picture in at most 256 colours.
pub(super) struct Palette {
    entries: Vec<Colour>,
    /// For each pixel the number of its colour.
    pub(super) indices: Vec<u8>,
}

impl Palette {
    /// Keeps all colours if there are no more than 256. Else colours that differ only in low bits become one, the one
    /// that most pixels have, so that plain areas keep theirs.
    pub(super) fn of(pixels: &[Colour]) -> Self {
        let counts = count(pixels);
        let mut dropped = 0;
        loop {
            let entries = entries(&counts, dropped);
            if entries.len() <= 256 {
                return Self::assemble(pixels, &counts, &entries, dropped);
            }
            dropped += 1;
        }
    }

    fn assemble(pixels: &[Colour], counts: &ByColour<u32>, entries: &ByColour<Colour>, dropped: u32) -> Self {
        // The most frequent first, so that the numbers in use are small; ties by colour, so that files are reproducible.
        let mut order: Vec<_> = entries.iter().collect();
        order.sort_unstable_by_key(|&(_, kept)| (std::cmp::Reverse(counts[kept]), *kept));
        let numbers: ByColour<u8> =
            order.iter().zip(0..=u8::MAX).map(|((bucket, _), number)| (**bucket, number)).collect();
        let mut last = (Colour::default(), None);
        let indices = pixels.iter().map(|&pixel| match last {
            (colour, Some(number)) if colour == pixel => number,
            _ => {
                let number = numbers[&bucket(pixel, dropped)];
                last = (pixel, Some(number));
                number
            }
        });
        Self { indices: indices.collect(), entries: order.into_iter().map(|(_, kept)| *kept).collect() }
    }

    /// Red, green and blue of each colour.
    pub(super) fn colours(&self) -> Vec<u8> {
        self.entries.iter().flat_map(|colour| &colour[..3]).copied().collect()
    }

    /// The opacity of each colour.
    pub(super) fn opacities(&self) -> Vec<u8> {
        self.entries.iter().map(|colour| colour[3]).collect()
    }
}

/// For four bytes the standard hasher takes longer than everything else here. The colours are ours: nobody can choose
/// them so that they collide.
#[derive(Default)]
struct ColourHasher(u64);

impl Hasher for ColourHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

/// How many pixels have each colour.
fn count(pixels: &[Colour]) -> ByColour<u32> {
    let mut counts = ByColour::default();
    for run in pixels.chunk_by(|one, other| one == other) {
        *counts.entry(run[0]).or_default() += u32::try_from(run.len()).unwrap_or(u32::MAX);
    }
    counts
}

/// The colour that stands for each bucket of alike ones.
fn entries(counts: &ByColour<u32>, dropped: u32) -> ByColour<Colour> {
    let mut entries: ByColour<Colour> = ByColour::default();
    for (&colour, &count) in counts {
        let entry = entries.entry(bucket(colour, dropped)).or_insert(colour);
        if (count, colour) > (counts[entry], *entry) {
            *entry = colour;
        }
    }
    entries
}

fn bucket(colour: Colour, dropped: u32) -> Colour {
    colour.map(|channel| channel.checked_shr(dropped).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour_of(palette: &Palette, pixel: usize) -> Colour {
        palette.entries[usize::from(palette.indices[pixel])]
    }

    #[test]
    fn few_colours_stay_exactly() {
        let pixels: Vec<_> = (0..=255).rev().map(|shade| [shade, 7, 9, 255]).collect();
        let palette = Palette::of(&pixels);
        assert!(pixels.iter().enumerate().all(|(at, pixel)| colour_of(&palette, at) == *pixel));
    }

    #[test]
    fn of_many_colours_the_frequent_ones_stay_and_the_others_come_close() {
        let mut pixels = vec![[201, 17, 33, 255]; 1000];
        pixels.extend((0..250).flat_map(|red| (0..16).map(move |green| [red, green * 15, 90, 255])));
        let palette = Palette::of(&pixels);
        assert!(palette.entries.len() <= 256);
        assert_eq!(colour_of(&palette, 0), [201, 17, 33, 255]);
        for (at, pixel) in pixels.iter().enumerate() {
            let drawn = colour_of(&palette, at);
            assert!(
                pixel.iter().zip(drawn).all(|(one, other)| one.abs_diff(other) < 32),
                "{pixel:?} {drawn:?}"
            );
        }
    }
}
