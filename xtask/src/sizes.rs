//! How large the package is, as it is and as it is transferred.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

/// Bytes of one or more files.
#[derive(Clone, Copy, Default)]
pub struct Size {
    pub raw: usize,
    pub gzip: usize,
    pub brotli: usize,
}

impl Size {
    pub fn of(path: &Path) -> anyhow::Result<Size> {
        let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&bytes)?;
        let mut brotli = Vec::new();
        brotli::BrotliCompress(
            &mut bytes.as_slice(),
            &mut brotli,
            &brotli::enc::BrotliEncoderParams::default(),
        )?;
        Ok(Size { raw: bytes.len(), gzip: gzip.finish()?.len(), brotli: brotli.len() })
    }

    fn plus(self, other: Size) -> Size {
        Size {
            raw: self.raw + other.raw,
            gzip: self.gzip + other.gzip,
            brotli: self.brotli + other.brotli,
        }
    }
}

/// Prints a table of the files and their sum.
pub fn print(directory: &Path, files: &[&str]) -> anyhow::Result<Size> {
    println!("{:<40}{:>10}{:>10}{:>10}", "bytes", "raw", "gzip", "brotli");
    let row = |name: &str, size: Size| {
        println!("{name:<40}{:>10}{:>10}{:>10}", size.raw, size.gzip, size.brotli);
    };
    let mut sum = Size::default();
    for file in files {
        let size = Size::of(&directory.join(file))?;
        row(file, size);
        sum = sum.plus(size);
    }
    row("sum", sum);
    Ok(sum)
}
