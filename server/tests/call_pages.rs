//! Several pages of one device in one call, and what their user has chosen there.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::CallSocket;
use common::ringing::Ringing;
use serde_json::{Value, json};

/// A page that opens, or that takes the call back.
async fn opens(ringing: &Ringing, page: &str) -> CallSocket {
    ringing.caller(&format!("device=tv&page={page}&takes=1")).await
}

/// The same page comes back: its connection broke.
async fn returns(ringing: &Ringing, page: &str) -> CallSocket {
    ringing.caller(&format!("device=tv&page={page}&after=2")).await
}

async fn joins(ringing: &Ringing, page: &str) -> CallSocket {
    let mut caller = opens(ringing, page).await;
    assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
    caller
}

async fn listener_joins(ringing: &Ringing) -> CallSocket {
    let mut listener = ringing.listener("device=phone&page=of-the-phone&takes=1").await;
    assert_eq!(listener.signal(json!({"type": "join"})).await, "done");
    while listener.event().await["eventName"] != "startVoip" {}
    listener
}

/// It hears that it is out of the call, and whether it can take it back.
async fn is_elsewhere(socket: &mut CallSocket, can_take: bool) {
    let mut elsewhere = json!({"type": "elsewhere"});
    if can_take {
        elsewhere["canTake"] = true.into();
    }
    assert_eq!(socket.next_of("elsewhere").await, elsewhere);
    assert_eq!(socket.next().await, Err(1000));
}

/// What a page is told first, which has the call.
async fn opened(socket: &mut CallSocket) -> Value {
    let opened = socket.next().await.unwrap();
    assert_eq!(opened["type"], "call", "{opened}");
    opened
}

/// Whose media the other side hears.
async fn is_heard(page: &mut CallSocket, listener: &mut CallSocket, payload: &str) {
    page.say(json!({"type": "relay", "payload": payload})).await;
    assert_eq!(listener.next_of("relay").await["payload"], payload);
    listener.say(json!({"type": "relay", "payload": payload})).await;
    assert_eq!(page.next_of("relay").await["payload"], payload);
}

/// The events until the end of a socket, and the code of its end.
fn heard(events: [&str; 3]) -> (Vec<String>, u16) {
    (events.map(str::to_owned).to_vec(), 1000)
}

#[tokio::test]
async fn the_newest_page_has_the_call_and_an_older_one_can_take_it_back() {
    let ringing = Ringing::start().await;
    let mut old = joins(&ringing, "old").await;
    let mut listener = listener_joins(&ringing).await;
    is_heard(&mut old, &mut listener, "old").await;

    let mut new = opens(&ringing, "new").await;
    is_elsewhere(&mut old, true).await;
    let call = opened(&mut new).await;
    assert_eq!((&call["state"], &call["joined"]), (&json!("talking"), &json!(true)));
    // So that the other side looks for it.
    assert_eq!(listener.next_of("peer").await["connected"], false);
    assert_eq!(listener.next_of("peer").await["connected"], true);
    is_heard(&mut new, &mut listener, "new").await;

    let mut old = opens(&ringing, "old").await;
    is_elsewhere(&mut new, true).await;
    opened(&mut old).await;
    is_heard(&mut old, &mut listener, "old again").await;
    assert_eq!(old.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
}

#[tokio::test]
async fn a_page_that_only_comes_back_takes_nothing_from_a_newer_one() {
    let ringing = Ringing::start().await;
    // Its computer sleeps.
    drop(joins(&ringing, "old").await);
    let mut listener = listener_joins(&ringing).await;
    let mut new = opens(&ringing, "new").await;
    opened(&mut new).await;
    is_elsewhere(&mut returns(&ringing, "old").await, true).await;
    is_heard(&mut new, &mut listener, "new").await;
    // The newer one comes back after a break of the network, and both after a restart of the service.
    drop(new);
    opened(&mut returns(&ringing, "new").await).await;
    let Ringing { server, demo, room_id } = ringing;
    let ringing = Ringing { server: server.restart().await, demo, room_id };
    is_elsewhere(&mut returns(&ringing, "old").await, true).await;
    opened(&mut returns(&ringing, "new").await).await;
}

#[tokio::test]
async fn after_the_newest_page_has_closed_there_are_15_seconds_to_take_the_call_back() {
    let aborted = || heard(["abortVoip", "endVoip", "finishVoip"]);
    for is_taken in [true, false] {
        let ringing = Ringing::start().await;
        let mut old = joins(&ringing, "old").await;
        let mut listener = listener_joins(&ringing).await;
        drop(opens(&ringing, "new").await);
        is_elsewhere(&mut old, true).await;
        while listener.next_of("peer").await["connected"] != true {}
        assert_eq!(listener.next_of("peer").await["connected"], false);
        ringing.server.clock.advance(14_000);
        if is_taken {
            opened(&mut opens(&ringing, "old").await).await;
        } else {
            // That it looks in without taking the call gives it no more time.
            is_elsewhere(&mut returns(&ringing, "old").await, true).await;
            ringing.server.clock.advance(1_000);
            assert_eq!(listener.rest().await, aborted());
            assert_eq!(returns(&ringing, "old").await.rest().await, aborted());
        }
    }
}

#[tokio::test]
async fn of_two_sockets_of_a_page_none_takes_the_call_from_the_other() {
    let ringing = Ringing::start().await;
    let mut page = joins(&ringing, "page").await;
    let mut listener = listener_joins(&ringing).await;
    // It was given up before it was open, and has come late.
    let mut late = opens(&ringing, "page").await;
    opened(&mut late).await;
    is_heard(&mut page, &mut listener, "beside it").await;
    drop(late);
    ringing.server.clock.advance(15_000);
    is_heard(&mut page, &mut listener, "after it").await;
}

#[tokio::test]
async fn of_two_pages_that_ring_the_one_has_the_call_where_it_is_answered() {
    let ringing = Ringing::start().await;
    let mut old = ringing.listener("device=phone&page=old&takes=1").await;
    opened(&mut old).await;
    let mut new = ringing.listener("device=phone&page=new&takes=1").await;
    opened(&mut new).await;
    assert_eq!(old.signal(json!({"type": "answer"})).await, "done");
    is_elsewhere(&mut new, true).await;
    let mut back = ringing.listener("device=phone&page=new").await;
    is_elsewhere(&mut back, true).await;
    assert_eq!(old.signal(json!({"type": "join"})).await, "done");
}

#[tokio::test]
async fn every_page_of_a_device_hears_how_its_call_ended() {
    let ringing = Ringing::start().await;
    let mut pages = Vec::new();
    for page in ["old", "new"] {
        let mut page = ringing.listener(&format!("device=phone&page={page}&takes=1")).await;
        opened(&mut page).await;
        pages.push(page);
    }
    assert_eq!(pages[0].signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    pages.push(ringing.listener("device=phone&page=new").await);
    pages.push(ringing.listener("device=phone&page=late&takes=1").await);
    for mut page in pages {
        assert_eq!(page.rest().await, heard(["rejectVoip", "endVoip", "finishVoip"]));
    }
    let mut other = ringing.listener("device=other&page=new&takes=1").await;
    is_elsewhere(&mut other, false).await;
}

#[tokio::test]
async fn of_two_sockets_of_pages_without_a_name_the_newest_has_the_call() {
    let ringing = Ringing::start().await;
    let (mut old, mut listener) = ringing.talking().await;
    let mut new = ringing.caller("device=tv").await;
    is_elsewhere(&mut old, true).await;
    opened(&mut new).await;
    is_heard(&mut new, &mut listener, "new").await;
    // And one with a name that opens after it.
    let mut named = opens(&ringing, "named").await;
    is_elsewhere(&mut new, true).await;
    opened(&mut named).await;
    drop(named);
    // It is the newest, although it may be one of theirs that comes back.
    opened(&mut ringing.caller("device=tv").await).await;
}

#[tokio::test]
async fn another_device_takes_the_call_from_no_page() {
    let ringing = Ringing::start().await;
    let _caller = joins(&ringing, "page").await;
    for query in ["device=other&page=page&takes=1", "device=other&page=new&takes=1"] {
        is_elsewhere(&mut ringing.caller(query).await, false).await;
    }
}

#[tokio::test]
async fn what_a_user_has_chosen_is_told_to_whichever_page_comes_back() {
    let ringing = Ringing::start().await;
    let chosen = |muted: bool, camera: bool| json!({"muted": muted, "camera": camera});
    let say =
        |muted: bool, camera: bool| json!({"type": "chosen", "muted": muted, "camera": camera});
    let mut caller = opens(&ringing, "old").await;
    let call = opened(&mut caller).await;
    assert_eq!((&call["joined"], call.get("chosen")), (&json!(false), None));
    // Nobody speaks for this side yet, so it may be another device that does.
    caller.say(say(true, true)).await;
    assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
    let mut again = opens(&ringing, "again").await;
    let call = opened(&mut again).await;
    assert_eq!((&call["joined"], call.get("chosen")), (&json!(true), None));

    again.say(say(false, true)).await;
    again.say(say(true, false)).await;
    // It has been read when this is answered.
    assert_eq!(again.signal(json!({"type": "join"})).await, "already");
    let Ringing { server, demo, room_id } = ringing;
    let ringing = Ringing { server: server.restart().await, demo, room_id };
    for mut page in [returns(&ringing, "again").await, opens(&ringing, "new").await] {
        assert_eq!(opened(&mut page).await["chosen"], chosen(true, false));
    }
    let mut listener = listener_joins(&ringing).await;
    listener.say(say(false, false)).await;
    assert_eq!(listener.signal(json!({"type": "join"})).await, "already");
    let mut listener = ringing.listener("device=phone&page=new&takes=1").await;
    assert_eq!(opened(&mut listener).await["chosen"], chosen(false, false));
}

#[tokio::test]
async fn a_call_that_an_earlier_version_has_stored_goes_on() {
    let ringing = Ringing::start().await;
    let _page = joins(&ringing, "one").await;
    let Ringing { server, demo, room_id } = ringing;
    let forgets = "UPDATE calls SET call = json_remove(call, '$.caller.page', '$.caller.chosen')";
    let server = server.restart_after(|db| db.execute_batch(forgets).unwrap()).await;
    let ringing = Ringing { server, demo, room_id };
    let call = opened(&mut returns(&ringing, "one").await).await;
    assert_eq!((&call["joined"], call.get("chosen")), (&json!(true), None));
    is_elsewhere(&mut returns(&ringing, "two").await, true).await;
}
