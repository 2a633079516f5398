//! From pixels to files.

mod palette;

use resvg::tiny_skia::Pixmap;

use self::palette::Palette;

/// Of the levels 1 to 4, 6 and 9 of zlib-rs the quickest together with 1; only 4 and 9 make smaller files, by less than a
/// tenth, and 9 takes twice as long.
const DEFLATE: png::DeflateCompression = png::DeflateCompression::Level(3);

/// A PNG with a palette. A badge has few colours, and the shades between them are many only for a machine.
pub(crate) fn png(pixels: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let palette = Palette::of(&straight(pixels));
    let mut file = Vec::with_capacity(8 << 10);
    let mut encoder = png::Encoder::new(&mut file, pixels.width(), pixels.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.colours());
    encoder.set_trns(palette.opacities());
    encoder.set_filter(png::Filter::NoFilter);
    encoder.set_deflate_compression(DEFLATE);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&palette.indices)?;
    writer.finish()?;
    Ok(file)
}

/// A `WebP` without loss.
pub(crate) fn webp(pixels: &Pixmap) -> Result<Vec<u8>, image_webp::EncodingError> {
    let mut file = Vec::with_capacity(16 << 10);
    let encoder = image_webp::WebPEncoder::new(&mut file);
    let data: Vec<u8> = straight(pixels).into_iter().flatten().collect();
    encoder.encode(&data, pixels.width(), pixels.height(), image_webp::ColorType::Rgba8)?;
    Ok(file)
}

/// The pixels with their colour not multiplied by their opacity.
fn straight(pixels: &Pixmap) -> Vec<[u8; 4]> {
    let straight = pixels.pixels().iter().map(|pixel| {
        let colour = pixel.demultiply();
        [colour.red(), colour.green(), colour.blue(), colour.alpha()]
    });
    straight.collect()
}
