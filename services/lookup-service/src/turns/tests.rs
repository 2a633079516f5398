use super::*;

const MANY: Asker = Asker(1);
const FEW: Asker = Asker(2);
const THIRD: Asker = Asker(3);

fn turns(places: usize, waiting_max: usize) -> (Arc<Turns>, IntGauge) {
    let waiting = IntGauge::new("waiting", "Waiting").unwrap();
    (Arc::new(Turns::new(places, waiting_max, waiting.clone())), waiting)
}

fn place(turns: &Arc<Turns>) -> Place {
    match turns.ask(MANY).unwrap() {
        Ticket::Now(place) => place,
        Ticket::Later(_) => panic!("there is a place"),
    }
}

fn stand(turns: &Arc<Turns>, asker: Asker) -> oneshot::Receiver<Place> {
    match turns.ask(asker).unwrap() {
        Ticket::Now(_) => panic!("there is no place"),
        Ticket::Later(take) => take,
    }
}

/// The numbers of those that have a turn now.
fn served(waiting: &mut [oneshot::Receiver<Place>]) -> Vec<usize> {
    let mut places = Vec::new();
    let mut served = Vec::new();
    for (number, take) in waiting.iter_mut().enumerate() {
        if let Ok(place) = take.try_recv() {
            places.push(place);
            served.push(number);
        }
    }
    served
}

#[test]
fn callers_take_turns_however_many_look_ups_they_wait_for() {
    let (turns, waiting) = turns(1, 100);
    let first = place(&turns);
    let mut takes: Vec<_> = (0..10).map(|_| stand(&turns, MANY)).collect();
    takes.push(stand(&turns, FEW));
    takes.push(stand(&turns, FEW));
    takes.push(stand(&turns, THIRD));
    assert_eq!((waiting.get(), turns.free()), (13, 0));
    let mut order = Vec::new();
    drop(first);
    while order.len() < 13 {
        // Each is over at once.
        order.extend(served(&mut takes));
    }
    assert_eq!(order[..5], [0, 10, 12, 1, 11], "one of each, then the second of each");
    assert_eq!(order[5..], [2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!((waiting.get(), turns.free()), (0, 1));
}

#[test]
fn a_place_that_nobody_waits_for_any_more_goes_to_the_next() {
    let (turns, _) = turns(2, 100);
    let (first, second) = (place(&turns), place(&turns));
    let gone = stand(&turns, MANY);
    let mut takes = [stand(&turns, MANY), stand(&turns, FEW)];
    drop(gone);
    drop(first);
    drop(second);
    assert_eq!(served(&mut takes), [0, 1]);
    assert_eq!(turns.free(), 2);
    let late = {
        let _both = (place(&turns), place(&turns));
        stand(&turns, FEW)
    };
    // The place was given and never taken.
    drop(late);
    assert_eq!(turns.free(), 2);
}

#[test]
fn who_waits_for_many_gives_way_when_no_more_may_wait() {
    let (turns, waiting) = turns(1, 4);
    let first = place(&turns);
    let mut takes: Vec<_> = (0..4).map(|_| stand(&turns, MANY)).collect();
    assert!(turns.ask(MANY).is_none(), "not for itself");
    takes.push(stand(&turns, FEW));
    takes.push(stand(&turns, FEW));
    assert!(turns.ask(FEW).is_none(), "both wait for two");
    takes.push(stand(&turns, THIRD));
    assert_eq!(waiting.get(), 4);
    let gone = takes.iter_mut().filter_map(|take| {
        matches!(take.try_recv(), Err(oneshot::error::TryRecvError::Closed)).then_some(())
    });
    assert_eq!(gone.count(), 3, "the newest of whoever waited for most");
    drop(first);
    assert_eq!(turns.free(), 0);
}

#[test]
fn nobody_gives_way_where_all_wait_for_one() {
    let (turns, _) = turns(1, 2);
    let _first = place(&turns);
    let _waiting = [stand(&turns, MANY), stand(&turns, FEW)];
    assert!(turns.ask(THIRD).is_none());
}

#[test]
fn nobody_waits_where_nobody_may() {
    let (turns, _) = turns(0, 0);
    assert!(turns.ask(FEW).is_none());
}
