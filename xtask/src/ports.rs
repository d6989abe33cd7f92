//! Whether a port is free, and if not, who has it.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use anyhow::{Result, bail};

/// Fails, with what to do, when something listens on the port already. `flag` chooses another.
pub fn expect_free(what: &str, port: u16, flag: &str) -> Result<()> {
    if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
        return Ok(());
    }
    let other = port.checked_add(1).unwrap_or(port - 1);
    let remedy = match holder(port) {
        Some((pid, name)) => {
            format!(
                "it is held by `{name}` (process {pid}). Stop that with `kill {pid}`, or choose another port"
            )
        }
        None => "another program holds it. Stop that, or choose another port".to_owned(),
    };
    bail!("port {port}, meant for {what}, is taken: {remedy} with `{flag} {other}`")
}

/// Whether a web server answers there, and well.
pub fn answers(port: u16, path: &str) -> bool {
    status(port, path).is_some_and(|status| (200..400).contains(&status))
}

fn status(port: u16, path: &str) -> Option<u16> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_millis(300)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").ok()?;
    let mut start = [0; 12];
    stream.read_exact(&mut start).ok()?;
    std::str::from_utf8(&start).ok()?.strip_prefix("HTTP/1.1 ")?.parse().ok()
}

/// Whether a service lets pages of this origin send a request header (CORS): what a browser would ask it first.
pub fn allows_header(port: u16, origin: &str, header: &str) -> Result<bool> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let request = format!(
        "OPTIONS / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nOrigin: {origin}\r\n\
         Access-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: {header}\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).to_ascii_lowercase();
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    let allows = |name: &str, value: &str| {
        let mut values = head.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        values.any(|values| values.split(',').any(|it| it.trim() == value))
    };
    Ok(allows("access-control-allow-origin", &origin.to_ascii_lowercase())
        && allows("access-control-allow-headers", &header.to_ascii_lowercase()))
}

/// The process that listens on a port, where the system tells (Linux, and only of one's own processes unless root).
fn holder(port: u16) -> Option<(u32, String)> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"];
    let inode = tables.iter().find_map(|table| listening_inode(&fs::read_to_string(table).ok()?, port))?;
    let socket = format!("socket:[{inode}]");
    for process in fs::read_dir("/proc").ok()?.flatten() {
        let Ok(pid) = process.file_name().to_string_lossy().parse::<u32>() else { continue };
        // Processes of others don't let us look; the one we seek may be among them.
        let Ok(files) = fs::read_dir(process.path().join("fd")) else { continue };
        let mut targets = files.flatten().filter_map(|file| fs::read_link(file.path()).ok());
        if targets.any(|target| target.to_string_lossy() == socket) {
            let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            return Some((pid, name.trim().to_owned()));
        }
    }
    None
}

/// Finds the socket in Linux' table: columns are sl, local address, remote address, state (0A: listening), …, inode.
fn listening_inode(table: &str, port: u16) -> Option<String> {
    let ending = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        let listens = columns.get(1)?.ends_with(&ending) && *columns.get(3)? == "0A";
        listens.then(|| columns.get(9).map(|inode| (*inode).to_owned()))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_listening_socket_holds_a_port() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
             0: 0100007F:1F90 0100007F:A000 01 00000000:00000000 00:00000000 00000000 0 0 111 1\n\
             1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 222 1\n";
        assert_eq!(listening_inode(table, 8080).as_deref(), Some("222"));
        assert_eq!(listening_inode(table, 5050), None);
    }

    #[test]
    fn a_taken_port_is_said_with_the_way_out() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = expect_free("the app", port, "--port-app").unwrap_err().to_string();
        assert!(error.starts_with(&format!("port {port}, meant for the app, is taken")), "{error}");
        assert!(error.contains("--port-app"), "{error}");
        if cfg!(target_os = "linux") {
            assert!(error.contains(&format!("process {}", std::process::id())), "{error}");
        }
        drop(taken);
        expect_free("the app", port, "--port-app").unwrap();
    }

    #[test]
    fn a_header_is_allowed_where_the_answer_names_it_and_the_origin() {
        const ORIGIN: &str = "http://127.0.0.1:8080";
        let told = "HTTP/1.1 200 OK\r\nVary: Origin\r\nAccess-Control-Allow-Origin: http://127.0.0.1:8080\r\n\
                    Access-Control-Allow-Headers: Content-Type,X-Auth-Token\r\n\r\nRange";
        for (answer, header, allows) in [
            (told, "X-Auth-Token", true),
            (told, "Range", false),
            // As oslo.middleware refuses.
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "Range", false),
        ] {
            let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let port = server.local_addr().unwrap().port();
            let service = std::thread::spawn(move || {
                let (mut stream, _) = server.accept().unwrap();
                // To its end: what is not read when the socket is closed resets the line.
                let mut asked = Vec::new();
                while !asked.ends_with(b"\r\n\r\n") {
                    let mut piece = [0; 1024];
                    let length = stream.read(&mut piece).unwrap();
                    asked.extend(&piece[..length]);
                }
                stream.write_all(answer.as_bytes()).unwrap();
                String::from_utf8_lossy(&asked).into_owned()
            });
            assert_eq!(allows_header(port, ORIGIN, header).unwrap(), allows, "{header}");
            let asked = service.join().unwrap();
            assert!(asked.contains(&format!("\r\nAccess-Control-Request-Headers: {header}\r\n")), "{asked}");
        }
    }
}
