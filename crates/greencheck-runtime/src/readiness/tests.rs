use super::*;

#[test]
fn a_process_is_ready_between_start_and_stop_once_its_essential_components_have_worked() {
    let readiness = Readiness::default();
    let status = || readiness.report().status;
    assert_eq!(status(), Status::Starting);
    let (queue, store) =
        (readiness.register("queue", Need::Essential), readiness.register("store", Need::Essential));
    readiness.set_started();
    assert_eq!(status(), Status::Starting);
    store.set_ready();
    assert!(!readiness.report().is_ready(), "the queue has not worked");
    queue.set_failing("not connected");
    let report = readiness.report();
    assert_eq!(report.components["queue"].status, Status::Starting);
    assert_eq!(report.components["queue"].reason.as_deref(), Some("not connected"));
    queue.set_ready();
    assert_eq!(status(), Status::Ready);
    readiness.set_stopping();
    readiness.set_started();
    assert_eq!(status(), Status::Stopping);
}

#[test]
fn what_fails_after_it_has_worked_degrades_and_does_not_stop_the_work() {
    let readiness = Readiness::default();
    let store = readiness.register("store", Need::Essential);
    store.set_ready();
    readiness.set_started();
    store.set_failing("away");
    let report = readiness.report();
    assert_eq!((report.status, report.components["store"].status), (Status::Degraded, Status::Degraded));
    assert!(report.is_ready());
    store.set_ready();
    assert_eq!(readiness.report().status, Status::Ready);
}

#[test]
fn what_is_optional_is_never_waited_for() {
    let readiness = Readiness::default();
    let cache = readiness.register("cache", Need::Optional);
    readiness.set_started();
    assert_eq!(readiness.report().status, Status::Degraded);
    cache.set_ready();
    assert_eq!(readiness.report().status, Status::Ready);
}
