//! What a hit and a miss cost with a million answers in this process.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use greencheck_cache::{CacheConfig, MemoryCache, Metrics};
use greencheck_core::ports::AnswerCache;
use greencheck_core::{Generation, Host};
use greencheck_testkit::contract::cache::samples::{green, host};
use prometheus::Registry;

const NAMES: usize = 1_000_000;

fn filled(names: &[Host]) -> MemoryCache {
    let metrics = Metrics::register(&Registry::new()).expect("a new registry has no metrics");
    let config = CacheConfig {
        max_bytes: 4 << 30,
        max_entries: 10_000_000,
        local_ttl: Duration::from_secs(3600),
        ..CacheConfig::default()
    };
    let cache = MemoryCache::new(&config, &metrics);
    cache.advance(Generation(7));
    let sample = green("example.com");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime starts");
    runtime.block_on(async {
        for name in names {
            let answer = greencheck_core::Answer { host: name.clone(), ..sample.clone() };
            cache.keep(Arc::new(answer), cache.begin_fill(), config.local_ttl).await;
        }
    });
    cache
}

fn peek(criterion: &mut Criterion) {
    let names: Vec<_> = (0..NAMES).map(|number| host(&format!("www.{number}.example.com"))).collect();
    let strangers: Vec<_> = (0..1000).map(|number| host(&format!("stranger-{number}.example.com"))).collect();
    let cache = filled(&names);
    // A step that has no divisor in common with the number of names visits all of them, far apart.
    let mut place = 0;
    criterion.bench_function("a hit among a million answers", |bencher| {
        bencher.iter(|| {
            place = (place + 618_033) % NAMES;
            black_box(cache.peek(names[place].as_str())).expect("all are kept")
        });
    });
    criterion.bench_function("a hit of one popular name", |bencher| {
        bencher.iter(|| black_box(cache.peek(names[7].as_str())));
    });
    criterion.bench_function("a miss", |bencher| {
        bencher.iter(|| {
            place = (place + 7) % strangers.len();
            black_box(cache.peek(strangers[place].as_str()))
        });
    });
}

criterion_group!(benches, peek);
criterion_main!(benches);
