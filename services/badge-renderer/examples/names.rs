//! Draws every case twice as fine, and writes beside the pictures which name each shows, for programs that read them:
//! `cargo run --example names -- FOLDER`. `names.tsv` has a line for each: file, name, case.

use std::error::Error;
use std::fmt::Write;
use std::path::PathBuf;

use badge_renderer::{Fonts, Renderer};
use greencheck_core::badge::{Badge, Claim, ImageFormat, Scale, Style, Theme};
use roxmltree::Document;

#[path = "../tests/support/cases.rs"]
mod cases;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).ok_or("write the folder for the pictures")?;
    std::fs::create_dir_all(&folder)?;
    let renderer = Renderer::new(Fonts::embedded());
    let mut list = String::new();
    for (at, (case, claim)) in cases::claims().into_iter().enumerate() {
        let drawn = Badge { scale: Scale::Two, ..cases::badge(claim, Style::Standard, Theme::Light) };
        let file = format!("{at:02}.png");
        std::fs::write(folder.join(&file), &renderer.draw(&drawn)?.bytes)?;
        let svg = renderer.draw(&Badge { format: ImageFormat::Svg, ..drawn.clone() })?;
        writeln!(list, "{file}\t{}\t{case}", shown(&drawn.claim, std::str::from_utf8(&svg.bytes)?)?)?;
    }
    std::fs::write(folder.join("names.tsv"), list)?;
    Ok(())
}

/// The name as it is drawn, shortened perhaps; the whole text of a card that names none.
fn shown(claim: &Claim, svg: &str) -> Result<String, Box<dyn Error>> {
    let document = Document::parse(svg)?;
    let texts: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("text"))
        .filter_map(|node| node.text())
        .collect();
    let name = match claim {
        Claim::Green { .. } => texts.get(1).copied(),
        Claim::Invalid | Claim::Unavailable => return Ok(texts.join(" ")),
        Claim::Grey { .. } | Claim::Pending { .. } | Claim::Unknown { .. } => texts.last().copied(),
    };
    Ok(name.ok_or("the card has no text")?.to_owned())
}
