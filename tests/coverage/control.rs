//! The control of the measurement: each line with the word PLANTED is never run, and one branch goes one way only.

fn main() {
    let arguments = std::env::args().count();
    if arguments > 1000 {
        println!("PLANTED");
    }
    let _ = used(1_u8);
}

fn used<T: Copy>(value: T) -> T {
    value
}

#[allow(dead_code)]
fn unused() -> u8 { // PLANTED
    1 // PLANTED
} // PLANTED

#[allow(dead_code)]
fn unused_and_generic<T: Copy>(value: T) -> T { // PLANTED
    value // PLANTED
} // PLANTED
