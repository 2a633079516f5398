use badge_renderer::{Fonts, Renderer};
use greencheck_core::badge::Badge;

/// A decoded picture.
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Red, green, blue and opacity of each pixel.
    pub(crate) pixels: Vec<[u8; 4]>,
}

pub(crate) fn renderer() -> Renderer {
    Renderer::new(Fonts::embedded())
}

pub(crate) fn draw(badge: &Badge) -> Picture {
    decode(&renderer().draw(badge).unwrap().bytes)
}

pub(crate) fn decode(file: &[u8]) -> Picture {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut bytes).unwrap();
    let (pixels, rest) = bytes[..frame.buffer_size()].as_chunks::<4>();
    assert!(rest.is_empty());
    Picture { width: frame.width, height: frame.height, pixels: pixels.to_vec() }
}

impl Picture {
    /// How light each pixel is to the eye, 0 to 255, on a white page (ITU-R BT.709).
    pub(crate) fn greyscale(&self) -> Vec<f64> {
        let lightness = self.pixels.iter().map(|&[red, green, blue, opacity]| {
            let [red, green, blue, opacity] = [red, green, blue, opacity].map(f64::from);
            let light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
            light * opacity / 255.0 + (255.0 - opacity)
        });
        lightness.collect()
    }
}
