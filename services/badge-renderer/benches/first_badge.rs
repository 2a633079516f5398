//! What it costs to draw a badge for a name that was never drawn.

use std::hint::black_box;

use badge_renderer::{Fonts, Renderer};
use criterion::{Criterion, criterion_group, criterion_main};
use greencheck_core::Host;
use greencheck_core::badge::{Badge, Claim, ImageFormat, Scale, Style, Theme};

fn first_badge(criterion: &mut Criterion) {
    let renderer = Renderer::new(Fonts::embedded());
    for (style, format, scale) in [
        (Style::Standard, ImageFormat::Png, Scale::One),
        (Style::Standard, ImageFormat::Png, Scale::Two),
        (Style::Standard, ImageFormat::WebP, Scale::One),
        (Style::Standard, ImageFormat::Svg, Scale::One),
        (Style::Large, ImageFormat::Png, Scale::One),
        (Style::Flat, ImageFormat::Png, Scale::One),
    ] {
        let name = format!("{} {} {}x", style.as_str(), format.extension(), scale.factor());
        let mut number = 0;
        criterion.bench_function(&name, |bencher| {
            bencher.iter(|| {
                number += 1;
                let host = Host::parse(&format!("name-{number}.example.com")).expect("a host name");
                let claim = Claim::Green { host, provider: Some("Acme Green Hosting".into()) };
                let badge = Badge { claim, style, theme: Theme::Light, scale, format };
                black_box(renderer.draw(&badge).expect("a badge"))
            });
        });
    }
}

criterion_group!(benches, first_badge);
criterion_main!(benches);
