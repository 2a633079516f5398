use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

/// Connections that wait to be accepted.
const BACKLOG: i32 = 4096;

/// What to do when a port is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortSearch {
    /// Give up.
    Exact,
    /// Try this many ports after it.
    NextFree(u16),
}

/// An address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}; is another process using the port?")]
pub struct BindError {
    address: SocketAddr,
    source: io::Error,
}

/// Listens on `address`, or, when its port is taken, where `search` says. Port 0 is any free one.
pub fn bind(address: SocketAddr, search: PortSearch) -> Result<TcpListener, BindError> {
    let further = match search {
        PortSearch::NextFree(further) if address.port() != 0 => further,
        PortSearch::Exact | PortSearch::NextFree(_) => 0,
    };
    let mut candidates = (0..=further).filter_map(|step| address.port().checked_add(step));
    loop {
        let Some(port) = candidates.next() else {
            let source = io::Error::new(io::ErrorKind::AddrInUse, "this port and those after it are taken");
            return Err(BindError { address, source });
        };
        match listen(SocketAddr::new(address.ip(), port)) {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && further > 0 => {}
            Err(source) => return Err(BindError { address, source }),
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A restart must not wait for connections of the last run to time out.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loopback(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[test]
    fn a_taken_port_is_an_error_that_names_it() {
        let first = bind(loopback(0), PortSearch::Exact).unwrap();
        let taken = first.local_addr().unwrap();
        let error = bind(taken, PortSearch::Exact).unwrap_err().to_string();
        assert!(error.contains(&taken.to_string()), "{error}");
    }

    #[test]
    fn the_next_free_port_is_taken_when_asked_for() {
        let first = bind(loopback(0), PortSearch::Exact).unwrap();
        let taken = first.local_addr().unwrap();
        let second = bind(taken, PortSearch::NextFree(50)).unwrap().local_addr().unwrap();
        assert!(second.port() > taken.port() && second.port() <= taken.port() + 50);
    }
}
