//! Reading files that somebody has named. What is named may be a device that never ends.

use std::fs::File;
use std::io::{self, Error, ErrorKind, Read};
use std::path::Path;
use std::string::FromUtf8Error;

/// The longest file that is read, in bytes. The results of the largest runs are a tenth of that.
pub const LARGEST: u64 = 256 << 20;

/// The bytes of a file.
///
/// # Errors
/// It cannot be read, or is larger than [`LARGEST`].
pub fn bytes(file: &Path) -> io::Result<Vec<u8>> {
    bytes_up_to(LARGEST, file)
}

/// The bytes of a file that has no more than so many.
///
/// # Errors
/// It cannot be read, or has more.
pub fn bytes_up_to(most: u64, file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(Error::new(ErrorKind::FileTooLarge, format!("is larger than {most} bytes")));
    }
    Ok(bytes)
}

/// The text of a file.
///
/// # Errors
/// Those of [`bytes`], or it is no UTF-8.
pub fn text(file: &Path) -> io::Result<String> {
    let no_text = |error: FromUtf8Error| format!("is no UTF-8: {}", error.utf8_error());
    String::from_utf8(bytes(file)?).map_err(|error| Error::new(ErrorKind::InvalidData, no_text(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_not_read_to_its_end() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let length = file.metadata().unwrap().len();
        assert_eq!(bytes_up_to(length, &file).unwrap(), bytes(&file).unwrap());
        let refused = bytes_up_to(length - 1, &file).unwrap_err();
        assert_eq!(refused.to_string(), format!("is larger than {} bytes", length - 1));
    }

    #[cfg(unix)]
    #[test]
    fn a_device_that_never_ends_is_refused() {
        assert_eq!(text(Path::new("/dev/zero")).unwrap_err().kind(), ErrorKind::FileTooLarge);
    }
}
