//! What processes cost before anybody asks: time to be ready, CPU while nothing happens, memory.

use std::time::Duration;

use super::Bench;
use crate::cores;
use crate::report::{Figure, Goal};
use crate::stats::float;

const IDLE: Duration = Duration::from_secs(20);
const STARTS: usize = 5;
const SERVICES: [&str; 4] = ["lookup-service", "log-writer", "badge-renderer", "api-gateway"];

pub(super) async fn measure(bench: &mut Bench) -> anyhow::Result<Vec<Figure>> {
    let (names, ranges) = (bench.scale.stored_names, bench.scale.ranges);
    let stand = bench.stand().await?;
    stand.rest()?;
    let mut figures = Vec::new();
    let (mut running, mut resident) = (Vec::new(), 0);
    for service in SERVICES {
        let mut took = Vec::new();
        for start in 0..STARTS {
            let node = stand.start(service, &[]).await?;
            took.push(node.took.as_secs_f64() * 1000.0);
            if start + 1 == STARTS {
                running.push((service, node));
            } else {
                node.stop()?;
            }
        }
        let what = format!("start of {service} to ready, {names} names and {ranges} ranges stored");
        figures.push(Figure::new(what, " ms", Goal::AtMost(500.0), took));
    }
    let processes: Vec<_> = running.iter().map(|(service, node)| (*service, node.pid())).collect();
    // What follows a start is no idling.
    tokio::time::sleep(IDLE / 4).await;
    let before: Vec<_> = processes.iter().map(|(_, pid)| cores::time_of_threads(*pid)).collect();
    tokio::time::sleep(IDLE).await;
    for ((service, pid), before) in processes.iter().zip(before) {
        let used = cores::time_of_threads(*pid).saturating_sub(before);
        let percent = vec![used.as_secs_f64() / IDLE.as_secs_f64() * 100.0];
        figures.push(Figure::new(
            format!("idle CPU of {service}"),
            " % of a core",
            Goal::AtMost(0.1),
            percent,
        ));
    }
    for (service, pid) in processes {
        let bytes = cores::resident_bytes(pid);
        resident += bytes;
        let figure = Figure::new(
            format!("resident memory of {service}, idle"),
            " MB",
            Goal::None,
            vec![float(bytes) / 1e6],
        );
        figures.push(figure);
    }
    let servers = ["postgres", "rabbitmq", "redis"];
    for server in servers {
        resident += cores::resident_bytes(stand.servers.pid(server)?);
    }
    let what = "resident memory of everything, PostgreSQL, RabbitMQ and Redis included, idle";
    let all = Figure::new(what, " MB", Goal::None, vec![float(resident) / 1e6]);
    figures.push(all);
    Ok(figures)
}
