# The third-party libraries, each an IMPORTED target named by its pkg-config
# module. README.md has a table with the reason for each.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
foreach(module jansson libcrypto icu-uc icu-i18n glib-2.0 libconfig sqlite3 libcurl libuv
               libmicrohttpd libsystemd smartcols libical libmagic libseccomp vips gmodule-2.0)
  string(MAKE_C_IDENTIFIER ${module} target)
  pkg_check_modules(${target} REQUIRED IMPORTED_TARGET ${module})
endforeach()
pkg_check_modules(cmocka IMPORTED_TARGET cmocka)
