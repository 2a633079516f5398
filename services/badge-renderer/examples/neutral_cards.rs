//! Draws the cards that gateways show while no renderer answers: `cargo run --example neutral_cards -- FOLDER`.

use std::error::Error;
use std::path::PathBuf;

use badge_renderer::{Fonts, Renderer};
use greencheck_core::badge::{Badge, Claim, ImageFormat, Scale, Style, Theme};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).ok_or("write the folder for the cards")?;
    let renderer = Renderer::new(Fonts::embedded());
    std::fs::create_dir_all(&folder)?;
    for style in Style::ALL {
        for theme in Theme::ALL {
            let name = format!("{}-{}", style.as_str(), theme.as_str());
            let draw = |format, scale| {
                renderer.draw(&Badge { claim: Claim::Unavailable, style, theme, scale, format })
            };
            std::fs::write(folder.join(format!("{name}.svg")), draw(ImageFormat::Svg, Scale::One)?.bytes)?;
            for scale in Scale::ALL {
                let file = folder.join(format!("{name}-{}x.png", scale.factor()));
                std::fs::write(file, draw(ImageFormat::Png, scale)?.bytes)?;
            }
        }
    }
    Ok(())
}
