//! Badges that are hard to draw: for the contact sheet, and for the tests that look at all of them.

use greencheck_core::Host;
use greencheck_core::badge::{Badge, Claim, ImageFormat, Scale, Style, Theme};

pub(crate) fn host(name: &str) -> Host {
    Host::parse(name).expect("a host name")
}

pub(crate) fn green(name: &str, provider: &str) -> Claim {
    Claim::Green { host: host(name), provider: Some(provider.into()) }
}

pub(crate) fn grey(name: &str) -> Claim {
    Claim::Grey { host: host(name) }
}

pub(crate) fn badge(claim: Claim, style: Style, theme: Theme) -> Badge {
    Badge { claim, style, theme, scale: Scale::One, format: ImageFormat::Png }
}

/// Names and providers, each with the reason why it is here.
pub(crate) fn claims() -> Vec<(&'static str, Claim)> {
    let long = "a-very-long-subdomain-name.of-an-even-longer-department.example.co.uk";
    vec![
        ("green", green("example.com", "Green Hosting Ltd")),
        ("no provider", Claim::Green { host: host("example.com"), provider: None }),
        ("provider of spaces", green("example.com", "  ")),
        ("short", green("x.io", "A")),
        ("long name", green(long, "Hosting")),
        (
            "long provider",
            green(
                "example.com",
                "The Extraordinarily Long Name Hosting and Colocation Company of Northern Europe",
            ),
        ),
        ("both long", green(long, &"Wide ".repeat(40))),
        ("wide letters", green("wwwwwwwwwwmmmmmmmm.com", "WWWWWWWWWWWWWWWWWWMMMM")),
        ("narrow letters", green("illiilliilliilliilliilliilli.it", "illi illi illi illi illi illi")),
        ("hyphens and digits", green("my-0nline-sh0p-24.co.uk", "1&1")),
        ("XML", green("example.org", "<script>alert(\"1\")</script> & 'Co'")),
        ("umlauts", green("münchen.de", "Grüner Strom für Bücher GmbH")),
        ("Polish", green("łódź.pl", "Zażółć gęślą jaźń S.A.")),
        ("Greek", green("ελλάδα.gr", "Πράσινη Φιλοξενία")),
        ("Cyrillic", green("пример.рф", "Зелёный хостинг")),
        ("mixed scripts", green("p\u{430}ypal.com", "Hosting")),
        ("imitation", green("\u{430}\u{440}\u{440}\u{4cf}\u{435}.com", "Hosting")),
        ("Hebrew", green("שלום.co.il", "אירוח ירוק בע״מ")),
        ("Arabic", green("مثال.إختبار.com", "استضافة خضراء")),
        ("Arabic and Latin", green("example.com", "شركة Green استضافة 24")),
        ("Armenian", green("օրինակ.հայ", "Կանաչ")),
        ("Georgian", green("მაგალითი.გე", "მწვანე ჰოსტინგი")),
        ("Japanese", green("例え.jp", "株式会社グリーン")),
        ("Chinese", green("中文网.中国", "绿色主机")),
        ("Korean", green("한국.kr", "그린 호스팅")),
        ("emoji", green("example.com", "Leaf 🌱 Hosting 🚀")),
        ("only emoji", green("example.com", "🌱🚀")),
        ("combining", green("example.com", "Zo\u{308}e\u{301} H\u{323}ost")),
        ("control characters", green("example.com", "A\u{0}B\u{1b}[31mC\u{202e}D\u{feff}\u{ffff}")),
        ("Thai", green("ตัวอย่าง.ไทย", "โฮสติ้งสีเขียว")),
        ("IPv4", green("203.0.113.7", "Hosting")),
        ("IPv6", green("2001:db8:1234:5678:9abc:def0:1234:5678", "Hosting")),
        ("grey", grey("example.com")),
        ("grey long", grey(long)),
        ("grey IDN", grey("bücher.example.ch")),
        ("grey wide", grey("wwwwwwwwwwmmmmmmmm.com")),
        ("pending", Claim::Pending { host: host("www.example.com") }),
        ("unknown", Claim::Unknown { host: host("no-such-name.example.com") }),
        ("invalid", Claim::Invalid),
        ("unavailable", Claim::Unavailable),
    ]
}
