fn main() {
    napi_build::setup();
    // The engine's generics leave many identical functions; folding them takes 5 % off the
    // addon. Only rust-lld, the default linker of this target, knows how. Cargo names any other one.
    let default_linker = std::env::var_os("RUSTC_LINKER").is_none();
    if default_linker && std::env::var("TARGET").as_deref() == Ok("x86_64-unknown-linux-gnu") {
        println!("cargo:rustc-link-arg-cdylib=-Wl,--icf=all");
    }
}
