//! Draws every case in every style on sheets to look at: `cargo run --example contact_sheet -- FOLDER [FONTS]`.

use std::error::Error;
use std::path::{Path, PathBuf};

use badge_renderer::{Fonts, Renderer};
use greencheck_core::badge::{Badge, Claim, Scale, Style, Theme};
use resvg::tiny_skia::{Color, Pixmap, PixmapPaint, Transform};

#[path = "../tests/support/cases.rs"]
mod cases;

const COLUMNS: usize = 5;
const GAP: u32 = 12;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().ok_or("write the folder for the sheets")?;
    let fonts = arguments.next().map_or_else(|| Ok(Fonts::embedded()), |fonts| Fonts::with_folder(&fonts))?;
    let renderer = Renderer::new(fonts);
    std::fs::create_dir_all(&folder)?;
    for style in Style::ALL {
        for theme in Theme::ALL {
            for scale in [Scale::One, Scale::Two] {
                let name = format!("{}-{}-{}x.png", style.as_str(), theme.as_str(), scale.factor());
                draw_sheet(&renderer, style, theme, scale, &folder.join(name))?;
            }
        }
    }
    Ok(())
}

fn draw_sheet(
    renderer: &Renderer,
    style: Style,
    theme: Theme,
    scale: Scale,
    path: &Path,
) -> Result<(), Box<dyn Error>> {
    let claims = cases::claims();
    let cell = style.size().unwrap_or((440, 20));
    let cell = [cell.0, cell.1].map(|side| u32::from(side) * u32::from(scale.factor()) + GAP);
    let columns = if style == Style::Flat { 2 } else { COLUMNS };
    let rows = u32::try_from(claims.len().div_ceil(columns))?;
    let mut sheet =
        Pixmap::new(cell[0] * u32::try_from(columns)? + GAP, cell[1] * rows + GAP).ok_or("no sheet")?;
    sheet.fill(match theme {
        Theme::Light => Color::from_rgba8(244, 246, 248, 255),
        Theme::Dark => Color::from_rgba8(36, 40, 46, 255),
    });
    for (at, (_, claim)) in claims.into_iter().enumerate() {
        let drawn = draw(renderer, claim, style, theme, scale)?;
        let place =
            [u32::try_from(at % columns)? * cell[0] + GAP, u32::try_from(at / columns)? * cell[1] + GAP];
        let place = [i32::try_from(place[0])?, i32::try_from(place[1])?];
        sheet.draw_pixmap(
            place[0],
            place[1],
            drawn.as_ref(),
            &PixmapPaint::default(),
            Transform::identity(),
            None,
        );
    }
    sheet.save_png(path)?;
    Ok(())
}

fn draw(
    renderer: &Renderer,
    claim: Claim,
    style: Style,
    theme: Theme,
    scale: Scale,
) -> Result<Pixmap, Box<dyn Error>> {
    let image = renderer.draw(&Badge { scale, ..cases::badge(claim, style, theme) })?;
    Ok(Pixmap::decode_png(&image.bytes)?)
}
