//! Requests from several sides, going on while a test does something to the processes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::process::{ask, wait};

const LOADERS: usize = 4;

/// Loaders at work.
pub(crate) struct Load {
    loaders: Vec<JoinHandle<Outcome>>,
    answered: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

/// What became of the requests.
#[derive(Default)]
pub(crate) struct Outcome {
    /// The names that were answered with 200.
    pub(crate) answered: Vec<String>,
    /// Other answers.
    pub(crate) refused: Vec<String>,
    /// Requests without a whole answer.
    pub(crate) unanswered: u64,
}

impl Load {
    /// Green names of the demo catalog.
    pub(crate) const FEW_NAMES: [&str; 4] =
        ["www.example.com", "studio.example.com", "orchard.example.org", "clinic.example.net"];

    /// Always the same name.
    pub(crate) fn one_name(_loader: usize, _count: u64) -> String {
        "www.example.com".to_owned()
    }

    /// A few names that are soon in every cache.
    pub(crate) fn few_names(loader: usize, count: u64) -> String {
        let turn = loader + usize::try_from(count).expect("few");
        Self::FEW_NAMES[turn % Self::FEW_NAMES.len()].to_owned()
    }

    /// A name that nobody has asked for.
    pub(crate) fn new_names(loader: usize, count: u64) -> String {
        format!("n{loader}x{count}.example.com")
    }

    /// Asks the addresses in turn for what `name` says, until [`finish`](Self::finish).
    pub(crate) fn start(addresses: &[SocketAddr], name: fn(usize, u64) -> String) -> Self {
        let (answered, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let loaders = (0..LOADERS)
            .map(|loader| {
                let (addresses, answered, stop) = (addresses.to_vec(), answered.clone(), stop.clone());
                std::thread::spawn(move || {
                    let mut outcome = Outcome::default();
                    for count in 0.. {
                        if stop.load(Ordering::SeqCst) {
                            break;
                        }
                        let name = name(loader, count);
                        let address = addresses[usize::try_from(count).expect("few") % addresses.len()];
                        match ask(address, &format!("/greencheck/{name}")) {
                            Some(answer) if answer.starts_with("HTTP/1.1 200") => {
                                answered.fetch_add(1, Ordering::SeqCst);
                                outcome.answered.push(name);
                            }
                            Some(answer) => outcome.refused.push(answer),
                            None => {
                                outcome.unanswered += 1;
                                std::thread::park_timeout(Duration::from_millis(5));
                            }
                        }
                    }
                    outcome
                })
            })
            .collect();
        Self { loaders, answered, stop }
    }

    /// Waits for so many more answers.
    pub(crate) fn wait_for(&self, more: u64) {
        let before = self.answered.load(Ordering::SeqCst);
        wait("answers", || self.answered.load(Ordering::SeqCst) >= before + more);
    }

    pub(crate) fn finish(self) -> Outcome {
        self.stop.store(true, Ordering::SeqCst);
        let mut all = Outcome::default();
        for loader in self.loaders {
            let one = loader.join().expect("a loader does not panic");
            all.answered.extend(one.answered);
            all.refused.extend(one.refused);
            all.unanswered += one.unanswered;
        }
        all
    }
}
