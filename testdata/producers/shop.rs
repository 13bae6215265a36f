// Remembers every session, and forgets none. Allocates by jemalloc, and has it dump the heap to the files it is given.
use std::collections::HashMap;
use std::ffi::{c_char, c_int, c_void, CString};
use std::ptr::null_mut;

extern "C" {
    fn mallctl(name: *const c_char, old: *mut c_void, old_size: *mut usize, new: *const c_void, new_size: usize) -> c_int;
}

struct Session {
    pages: Vec<u64>,
}

#[inline(never)]
fn new_session(number: u64) -> Session {
    Session { pages: vec![number; 50] }
}

#[inline(never)]
fn handle(sessions: &mut HashMap<u64, Session>, number: u64) {
    sessions.insert(number, new_session(number));
}

fn dump(file: &str) {
    let (name, file) = (CString::new("prof.dump").unwrap(), CString::new(file).unwrap());
    let path = file.as_ptr();
    let failed = unsafe { mallctl(name.as_ptr(), null_mut(), null_mut(), &path as *const _ as *const c_void, size_of_val(&path)) };
    assert_eq!(failed, 0);
}

fn main() {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let mut sessions = HashMap::new();
    for number in 0..2_000 {
        handle(&mut sessions, number);
    }
    dump(&files[0]);
    for number in 2_000..100_000 {
        handle(&mut sessions, number);
    }
    dump(&files[1]);
    println!("{}", sessions.values().map(|s| s.pages.len()).sum::<usize>());
}
