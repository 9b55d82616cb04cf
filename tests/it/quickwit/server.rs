//! A server that speaks as much HTTP as the client does, and fails as it is told to.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use super::node::Node;

/// What goes wrong with a request.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// It is answered with a status and a text and not carried out.
    Answer(u16, String),
    /// It is answered so, and asked to wait for so many seconds.
    Wait(u16, u64),
    /// The connection is closed before anything is answered; it is not carried out.
    Close,
    /// It is carried out, but the connection is closed half way through the answer.
    HalfAnswer,
    /// It is carried out, but answered after so long.
    Late(Duration),
}

/// A request that arrived.
#[derive(Debug, Clone)]
pub(super) struct Arrived {
    /// With parameters.
    pub(super) path: String,
    pub(super) body: String,
}

#[derive(Default)]
struct Shared {
    node: Node,
    /// Each with a part of the paths that it is for.
    faults: VecDeque<(String, Fault)>,
    arrived: Vec<Arrived>,
}

/// The server; it ends with the test.
pub(super) struct Server {
    address: String,
    shared: Arc<Mutex<Shared>>,
}

impl Server {
    pub(super) fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::new(Mutex::new(Shared::default()));
        let served = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = served.clone();
                std::thread::spawn(move || drop(serve(stream, &shared)));
            }
        });
        Server { address, shared }
    }

    /// The URL of an index here.
    pub(super) fn url(&self, index: &str) -> String {
        format!("{}/{index}", self.address)
    }

    /// Lets the next request whose path holds `part` fail; said again, the one after.
    pub(super) fn fail(&self, part: &str, fault: Fault) {
        self.lock().faults.push_back((part.to_owned(), fault));
    }

    /// What has arrived whose path holds `part`.
    pub(super) fn arrived(&self, part: &str) -> Vec<Arrived> {
        self.lock().arrived.iter().filter(|arrived| arrived.path.contains(part)).cloned().collect()
    }

    /// Looks at the node or changes it.
    pub(super) fn node<T>(&self, look: impl FnOnce(&mut Node) -> T) -> T {
        look(&mut self.lock().node)
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().expect("no test panics while it holds the server")
    }
}

fn serve(stream: TcpStream, shared: &Mutex<Shared>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return Ok(()) };
    let (mut length, mut is_compressed) = (0, false);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let header = header.trim().to_ascii_lowercase();
        let Some((name, value)) = header.split_once(':') else { break };
        match name {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "content-encoding" => is_compressed = value.trim() == "gzip",
            _ => {}
        }
    }
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes)?;
    let mut body = String::new();
    if is_compressed {
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut body)?;
    } else {
        body = String::from_utf8_lossy(&bytes).into_owned();
    }
    let (fault, answer) = {
        let mut shared = shared.lock().expect("the server does not panic");
        shared.arrived.push(Arrived { path: path.to_owned(), body: body.clone() });
        let place = shared.faults.iter().position(|(part, _)| path.contains(part.as_str()));
        let fault = place.and_then(|place| shared.faults.remove(place)).map(|(_, fault)| fault);
        let is_done = !matches!(fault, Some(Fault::Answer(..) | Fault::Wait(..) | Fault::Close));
        let answer = if is_done { shared.node.answer(method, path, &body) } else { (0, String::new()) };
        (fault, answer)
    };
    let mut stream = stream;
    match fault {
        None => send(&mut stream, answer.0, &answer.1, ""),
        Some(Fault::Answer(status, text)) => send(&mut stream, status, &text, ""),
        Some(Fault::Wait(status, seconds)) => send(&mut stream, status, "", &format!("retry-after: {seconds}\r\n")),
        Some(Fault::Close) => Ok(()),
        Some(Fault::HalfAnswer) => {
            let (_, text) = answer;
            let half = &text.as_bytes()[..text.len() / 2];
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", text.len())?;
            stream.write_all(half)
        }
        Some(Fault::Late(after)) => {
            std::thread::sleep(after);
            send(&mut stream, answer.0, &answer.1, "")
        }
    }
}

fn send(stream: &mut TcpStream, status: u16, text: &str, headers: &str) -> std::io::Result<()> {
    let length = text.len();
    let head = format!("HTTP/1.1 {status} Status\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(text.as_bytes())?;
    stream.flush()
}
