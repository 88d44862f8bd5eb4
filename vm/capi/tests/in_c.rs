//! The library as C programs have it: header, examples and boundary, built with the compiler at hand, also under its
//! sanitizers. What a trial needs and is not installed is in its name, and the trial is ignored.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use libtest_mimic::{Arguments, Failed, Trial};
use minivm::{asm, hxe};

/// What the library in Rust needs beside it.
const LIBRARIES: [&str; 6] = ["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl"];
const STRICT: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];
const SANITIZERS: &str = "-fsanitize=address,undefined";

/// Builds a program with such a flag, and judges what it does.
type WithFlags = fn(&str) -> Result<(), Failed>;

fn main() {
    let arguments = Arguments::from_args();
    let is_sanitized = sanitizers_work();
    let mut trials = Vec::new();
    let mut trial =
        |name: &str, needs: &str, is_there: bool, test: Box<dyn FnOnce() -> Result<(), Failed> + Send>| {
            let name = if is_there { name.to_owned() } else { format!("{name}, without {needs}") };
            trials.push(Trial::test(name, test).with_ignored_flag(!is_there));
        };
    let cc = is_there("cc");
    trial("header as C99", "cc", cc, Box::new(|| header("cc", "c", "c99")));
    trial("header as C++17", "c++", is_there("c++"), Box::new(|| header("c++", "c++", "c++17")));
    for (how, flags, is_there) in [("", "-O2", cc), (", sanitized", SANITIZERS, is_sanitized)] {
        let programs: [(&str, WithFlags); 6] = [
            ("boundary", boundary),
            ("boundary of the executive", executive_boundary),
            ("plain", plain),
            ("host", host),
            ("executive", executive),
            ("driver", driver),
        ];
        for (name, test) in programs {
            trial(&format!("{name}{how}"), SANITIZERS, is_there, Box::new(move || test(flags)));
        }
    }
    trial("pkg-config", "pkg-config", cc && is_there("pkg-config"), Box::new(by_pkg_config));
    let cmake = cc && is_there("pkg-config") && is_there("cmake");
    trial("CMake", "cmake", cmake, Box::new(by_cmake));
    trial("what cannot be installed", "cc", cc, Box::new(what_cannot_be_installed_is_told));
    let compiler = COMPILERS_FOR_CHIPS.into_iter().find(|(compiler, ..)| is_there(compiler));
    let tools = compiler.is_some() && is_there("arm-none-eabi-ld") && is_there("qemu-system-arm");
    let needs =
        "clang or arm-none-eabi-gcc, arm-none-eabi-ld, qemu-system-arm, or Rust's thumbv7em-none-eabihf";
    trial("firmware", needs, tools && has_chip_library(), Box::new(move || firmware(compiler)));
    libtest_mimic::run(&arguments, trials).exit();
}

/// C compilers that can compile for the chip, each with what tells it to.
const COMPILERS_FOR_CHIPS: [(&str, &[&str]); 4] = [
    ("arm-none-eabi-gcc", &["-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"]),
    ("clang", &["--target=thumbv7em-none-eabihf"]),
    ("clang-19", &["--target=thumbv7em-none-eabihf"]),
    ("clang-16", &["--target=thumbv7em-none-eabihf"]),
];
/// The chip, as Rust names it.
const CHIP: &str = "thumbv7em-none-eabihf";

/// Whether Rust's core library is there for the chip.
fn has_chip_library() -> bool {
    let output = Command::new("rustc").args(["--print", "target-libdir", "--target", CHIP]).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.is_ok_and(|folder| !folder.is_empty() && Path::new(&folder).exists())
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Whether a program that is built with them runs.
fn sanitizers_work() -> bool {
    let folder = folder("probe");
    let Ok(()) = fs::write(folder.join("probe.c"), "int main(void) { return 0; }\n") else { return false };
    let mut cc = Command::new("cc");
    let built = cc.arg(SANITIZERS).args(["-o", "probe", "probe.c"]).current_dir(&folder).output();
    let ran = || Command::new(folder.join("probe")).output().is_ok_and(|output| output.status.success());
    built.is_ok_and(|output| output.status.success()) && ran()
}

/// A folder for a trial alone.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("in_c").join(name.replace([' ', ','], "-"));
    fs::create_dir_all(&folder).expect("the folder of temporary files can be written");
    folder
}

fn crate_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where Cargo has put the libraries: beside this test.
fn libraries() -> Result<PathBuf, Failed> {
    let test = std::env::current_exe()?;
    let folder = test.parent().ok_or("this test is in no folder")?;
    let library = folder.join("libminivm_capi.a");
    if library.exists() {
        Ok(folder.into())
    } else {
        Err(format!("there is no {}", library.display()).into())
    }
}

/// Runs a command, which has to succeed and say nothing wrong.
fn run(command: &mut Command) -> Result<Output, Failed> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(output);
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Err(format!("{command:?}: {}\n{}{}", output.status, text(&output.stdout), text(&output.stderr)).into())
}

fn header(compiler: &str, language: &str, standard: &str) -> Result<(), Failed> {
    let standard = format!("-std={standard}");
    let mut command = Command::new(compiler);
    command.args(STRICT).arg(standard).args(["-fsyntax-only", "-x", language]);
    run(command.arg(crate_folder().join("include/minivm.h"))).map(drop)
}

/// Builds sources of the crate with the static library.
fn build(name: &str, flags: &str, sources: &[impl AsRef<Path>]) -> Result<PathBuf, Failed> {
    let program = folder(&format!("{name}{flags}")).join(name);
    let mut cc = Command::new("cc");
    cc.args(STRICT).args(["-std=c99", "-D_POSIX_C_SOURCE=200809L", "-DDRIVER_VERSION=\"test\"", "-g", flags]);
    cc.args(["-fno-sanitize-recover=all", "-I"]).arg(crate_folder().join("include"));
    cc.arg("-o").arg(&program).args(sources.iter().map(|source| crate_folder().join(source)));
    run(cc.arg(libraries()?.join("libminivm_capi.a")).args(LIBRARIES))?;
    Ok(program)
}

fn says(output: &Output, expected: &str) -> Result<(), Failed> {
    let said = String::from_utf8_lossy(&output.stdout);
    if said == expected { Ok(()) } else { Err(format!("it says {said:?}, not {expected:?}").into()) }
}

fn boundary(flags: &str) -> Result<(), Failed> {
    run(&mut Command::new(build("boundary", flags, &["tests/boundary.c"])?)).map(drop)
}

const OF_PLAIN: &str = "4 instructions, R0 is 42\n";

fn plain(flags: &str) -> Result<(), Failed> {
    says(&run(&mut Command::new(build("plain", flags, &["examples/plain.c"])?))?, OF_PLAIN)
}

/// Writes the image of a program.
fn image(name: &str, program: &str) -> Result<PathBuf, Failed> {
    let file = folder("images").join(name);
    fs::write(&file, hxe::write(&asm::assemble(program)?.into()))?;
    Ok(file)
}

fn host(flags: &str) -> Result<(), Failed> {
    let program = build("host", flags, &["examples/host.c"])?;
    let ends = |name: &str, text: &str, expected: &str| {
        says(&run(Command::new(&program).arg(image(&format!("{name}{flags}"), text)?))?, expected)
    };
    ends(
        "hello",
        ".data\ntext: .asciz \"hello\\n\"\n.text\nLDI32 R1, text\nLDI R2, 6\nSVC MOD=1 FN=1\nLDI R0, 5\nSVC MOD=1 FN=0",
        "hello\nexit status 5\n",
    )?;
    ends("nobody", "SVC MOD=9 FN=1\nRET", "exit status 4294967041\n")?;
    ends("fault", "LDI R1, 1\nDIV R0, R1, R2", "divide_by_zero at 0x4\n")?;
    let cut = image("cut", "RET")?;
    let bytes = fs::read(&cut)?;
    fs::write(&cut, &bytes[..bytes.len() - 1])?;
    let output = Command::new(&program).arg(&cut).output()?;
    if output.status.code() != Some(1) || output.stderr != b"EBADMSG\n" {
        return Err(format!("half an image: {output:?}").into());
    }
    Ok(())
}

/// The image of an example.
fn example(name: &str, flags: &str) -> Result<PathBuf, Failed> {
    let program = fs::read_to_string(crate_folder().join(format!("examples/{name}.mvasm")))?;
    image(&format!("{name}{flags}"), &program)
}

fn executive(flags: &str) -> Result<(), Failed> {
    let mut program = Command::new(build("executive", flags, &["examples/executive.c"])?);
    program.arg(example("display", flags)?).arg(example("sensor", flags)?);
    let readings = "1: a reading\n".repeat(3);
    says(&run(&mut program)?, &format!("{readings}2 has left with status 3\nvalue 0x102 is 0x4200\n"))
}

/// Reads its standard input and writes it to its standard output, to the console and, as a frame, to the bus.
const ECHO: &str =
    "again: LDI R1, 1\nLDI32 R2, 0x2000\nLDI R3, 64\nLDI32 R4, 0xFFFF\nLDI R5, 0\nSVC MOD=5 FN=3
    MOV R7, R1\nMOV R3, R1\nLDI R1, 1\nLDI32 R2, 0x2000\nSVC MOD=4 FN=2
    LDI32 R1, 0x2000\nMOV R2, R7\nSVC MOD=1 FN=1
    LDI R1, 0x123\nLDI32 R2, 0x2000\nMOV R3, R7\nSVC MOD=2 FN=0\nJMP again";
/// Value 1 of group 1, which begins with 1.0 and is kept under key 9; its name and its unit follow.
const VALUE: &[u8] = b"\x01\x01\0\0\x3C\0\0\x14\0\x19\0\0\0\0\0\0\0\x09\0\0lamp\0V\0";
/// Command 1 of group 1, which wants the token; its handler is at 4.
const COMMAND: [u8; 16] = [1, 1, 1, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0];

fn executive_boundary(flags: &str) -> Result<(), Failed> {
    let server = hxe::ImageParts {
        version: 2,
        sections: vec![(1, 1, VALUE.into()), (2, 1, COMMAND.into())],
        ..asm::assemble("again: JMP again\nLDI R0, 5\nADD R0, R0, R0\nRET")?.into()
    };
    let file = folder("images").join(format!("server{flags}"));
    fs::write(&file, hxe::write(&server))?;
    let mut program = Command::new(build("executive-boundary", flags, &["tests/executive.c"])?);
    program
        .arg(image(&format!("loop{flags}"), "again: JMP again")?)
        .arg(image(&format!("echo{flags}"), ECHO)?);
    run(program.arg(file)).map(drop)
}

/// Talks with the driver: good cases of both subjects, bad ones, and lines that are none.
fn driver(flags: &str) -> Result<(), Failed> {
    let files = fs::read_dir(crate_folder().join("driver/src"))?.flatten().map(|file| file.path());
    let sources: Vec<PathBuf> = files.filter(|file| file.extension() == Some(OsStr::new("c"))).collect();
    let program = build("driver", flags, &sources)?;
    let talk = fs::read_to_string(crate_folder().join("tests/talk.txt"))?;
    let said =
        |mark: &str| talk.lines().filter_map(|line| line.strip_prefix(mark)).collect::<Vec<_>>().join("\n");
    let requests = folder(&format!("driver{flags}")).join("requests");
    fs::write(&requests, said("> "))?;
    let output = run(Command::new(program).stdin(fs::File::open(&requests)?))?;
    let replies = String::from_utf8(output.stdout)?;
    for (reply, expected) in replies.lines().zip(said("< ").lines()) {
        if reply != expected {
            return Err(format!("it says\n{reply}\nnot\n{expected}").into());
        }
    }
    let (got, wanted) = (replies.lines().count(), said("< ").lines().count());
    if got == wanted { Ok(()) } else { Err(format!("{got} replies, not {wanted}").into()) }
}

/// Installs the library for a trial.
fn install(name: &str) -> Result<PathBuf, Failed> {
    let prefix = folder(name);
    run(Command::new(crate_folder().join("install.sh")).arg(&prefix).arg(libraries()?))?;
    Ok(prefix)
}

fn by_pkg_config() -> Result<(), Failed> {
    let prefix = install("pkg-config")?;
    for package in ["minivm", "minivm-static"] {
        let mut query = Command::new("pkg-config");
        query.args(["--cflags", "--libs", package]).env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig"));
        let flags = String::from_utf8(run(&mut query)?.stdout)?;
        let program = prefix.join("plain");
        let mut cc = Command::new("cc");
        cc.arg("-o")
            .arg(&program)
            .arg(crate_folder().join("examples/plain.c"))
            .args(flags.split_whitespace());
        run(&mut cc)?;
        // Only the one that does not carry the library has to be told where it is.
        let mut program = Command::new(&program);
        let program = if package == "minivm" { with_library(&mut program, &prefix) } else { &mut program };
        says(&run(program)?, OF_PLAIN)?;
    }
    Ok(())
}

fn by_cmake() -> Result<(), Failed> {
    let prefix = install("cmake")?;
    let examples = crate_folder().join("examples");
    let lists = fs::read_to_string(examples.join("CMakeLists.txt"))?;
    for package in ["minivm", "minivm-static"] {
        let (source, build) = (prefix.join(package), prefix.join(package).join("build"));
        fs::create_dir_all(&source)?;
        let of_package = lists.replace(" minivm)", &format!(" {package})"));
        fs::write(source.join("CMakeLists.txt"), of_package)?;
        for example in ["executive.c", "host.c", "plain.c"] {
            fs::copy(examples.join(example), source.join(example))?;
        }
        let mut cmake = Command::new("cmake");
        cmake.arg("-S").arg(&source).arg("-B").arg(&build);
        run(cmake.arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.display())))?;
        run(Command::new("cmake").arg("--build").arg(&build))?;
        says(&run(with_library(&mut Command::new(build.join("plain")), &prefix))?, OF_PLAIN)?;
    }
    Ok(())
}

fn what_cannot_be_installed_is_told() -> Result<(), Failed> {
    let prefix = folder("refused");
    let empty = prefix.join("empty");
    fs::create_dir_all(&empty)?;
    let script = crate_folder().join("install.sh");
    for (prefix, libraries, why) in [
        (prefix.clone(), empty, "there is no libminivm_capi.a"),
        (prefix.join("a b"), libraries()?, "no way to write such a path"),
        (prefix.join("a&b"), libraries()?, "no way to write such a path"),
    ] {
        let output = Command::new(&script).arg(&prefix).arg(&libraries).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.code() != Some(2) || !said.contains(why) || prefix.join("include").exists() {
            return Err(format!("{}: {}: {said}", prefix.display(), output.status).into());
        }
    }
    Ok(())
}

/// Builds the library for the chip and firmwares in C with it, and runs them in the emulator.
fn firmware(compiler: Option<(&str, &[&str])>) -> Result<(), Failed> {
    let compiler = compiler.ok_or("no compiler for the chip")?;
    let folder = folder("firmware");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--no-default-features", "--target", CHIP, "--target-dir"]);
    run(cargo.arg(&folder).arg("--manifest-path").arg(crate_folder().join("Cargo.toml")))?;
    let library = folder.join(CHIP).join("release/libminivm_capi.a");
    for (name, expected) in [("firmware", "hello from R1/R2"), ("executive", "hello from a task")] {
        let file = link_for_chip(compiler, name, &library)?;
        let mut qemu = Command::new("qemu-system-arm");
        qemu.args(["-M", "netduinoplus2", "-nographic", "-semihosting-config", "enable=on,target=native"]);
        let output = run(qemu.arg("-kernel").arg(file))?;
        // The emulator writes to either.
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        if !said.contains(expected) {
            return Err(format!("{name} says {said:?}").into());
        }
    }
    Ok(())
}

/// Makes a firmware of a source, the board and the library.
fn link_for_chip((compiler, flags): (&str, &[&str]), name: &str, library: &Path) -> Result<PathBuf, Failed> {
    let (folder, source) = (folder("firmware"), crate_folder().join("examples/cortex-m"));
    let mut ld = Command::new("arm-none-eabi-ld");
    ld.args(["--gc-sections", "-T"]).arg(source.join("stm32f405.ld"));
    for part in ["board", name] {
        let mut cc = Command::new(compiler);
        cc.args(flags).args(["-mcpu=cortex-m4", "-std=c99", "-Os", "-ffreestanding"]);
        cc.args(["-Wall", "-Wextra", "-Werror", "-I"]).arg(crate_folder().join("include"));
        let object = folder.join(part).with_extension("o");
        run(cc.arg("-c").arg(source.join(part).with_extension("c")).arg("-o").arg(&object))?;
        ld.arg(object);
    }
    let file = folder.join(name).with_extension("elf");
    run(ld.arg(library).arg("-o").arg(&file))?;
    Ok(file)
}

/// The dynamic library is not where the system looks.
fn with_library<'a>(command: &'a mut Command, prefix: &Path) -> &'a mut Command {
    command.env("LD_LIBRARY_PATH", AsRef::<OsStr>::as_ref(&prefix.join("lib")))
}
