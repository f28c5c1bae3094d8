# Compiler settings and the three helpers that every CMakeLists.txt uses.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

option(CRIER_WERROR "treat warnings as errors (presets only, never for users)" OFF)
option(CRIER_SANITIZE "build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(CRIER_RACES "build with ThreadSanitizer (tests/analysis)" OFF)
option(CRIER_FAULT "named crash points and the sandbox's virtual clock; never installed, refuses live accounts" OFF)
option(CRIER_FUZZ "build the fuzz targets with libFuzzer (clang)" OFF)
option(CRIER_COVERAGE "instrument for gcov" OFF)
option(CRIER_ANALYZE "have gcc look for leaks and invalid pointers on every path (tests/analysis)" OFF)

include(CheckCCompilerFlag)
include(CheckPIESupported)
check_pie_supported()

add_library(crier_options INTERFACE)
set(warnings
  -Wall -Wextra -Wformat=2 -Wconversion -Wsign-conversion -Wimplicit-fallthrough -Wshadow
  -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wnull-dereference -Wundef -Wcast-qual
  -Wwrite-strings -Wpointer-arith -Wswitch-enum -Werror=format-security -Werror=implicit
  -Werror=incompatible-pointer-types -Werror=int-conversion -Wtrampolines -Wbidi-chars=any
  -Warray-bounds=2 -Wformat-overflow=2 -Wformat-truncation=2 -Wstringop-overflow=4
  -Wuse-after-free=3 -Wdangling-pointer=2 -Wlogical-op -Wduplicated-cond -Wduplicated-branches
  -Warith-conversion)
set(hardening
  -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
  -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing
  -ftrivial-auto-var-init=zero -fexceptions -fstrict-flex-arrays=3
  -fzero-init-padding-bits=all -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
set(CMAKE_REQUIRED_FLAGS -Wformat=2) # -Wformat-security means nothing without it
foreach(flag IN LISTS warnings hardening)
  string(MAKE_C_IDENTIFIER "HAVE${flag}" have)
  check_c_compiler_flag(${flag} ${have})
  if(${have})
    target_compile_options(crier_options INTERFACE ${flag})
  endif()
endforeach()
unset(CMAKE_REQUIRED_FLAGS)
target_compile_options(crier_options INTERFACE -fvisibility=hidden)
target_compile_definitions(crier_options INTERFACE _GNU_SOURCE)
target_include_directories(crier_options INTERFACE ${CMAKE_SOURCE_DIR}/scheduler)
target_link_options(crier_options INTERFACE
  LINKER:-z,relro,-z,now LINKER:-z,noexecstack LINKER:-z,nodlopen LINKER:-z,separate-code
  LINKER:--as-needed LINKER:--no-copy-dt-needed-entries)
# Without -fexceptions: on the edge of a call that might throw, the analyzer sees everything leak.
if(CRIER_ANALYZE)
  target_compile_options(crier_options INTERFACE -fanalyzer -fno-exceptions)
endif()
if(CRIER_WERROR)
  target_compile_options(crier_options INTERFACE -Werror)
endif()
if(CRIER_FAULT)
  target_compile_definitions(crier_options INTERFACE CRIER_FAULT=1)
endif()
if(CRIER_COVERAGE)
  target_compile_options(crier_options INTERFACE --coverage)
  target_link_options(crier_options INTERFACE --coverage)
endif()

# Sanitizers and _FORTIFY_SOURCE exclude each other: the first in dev, the second elsewhere.
# crier-inspect is built without sanitizers (design: seccomp and a memory limit), so they
# are a target of their own.
add_library(crier_sanitizers INTERFACE)
add_library(crier_fortify INTERFACE)
target_compile_options(crier_fortify INTERFACE -U_FORTIFY_SOURCE
  $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
if(CRIER_SANITIZE)
  target_compile_options(crier_sanitizers INTERFACE -fsanitize=address,undefined
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(crier_sanitizers INTERFACE -fsanitize=address,undefined)
elseif(CRIER_RACES)
  target_compile_options(crier_sanitizers INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(crier_sanitizers INTERFACE -fsanitize=thread)
else()
  target_link_libraries(crier_sanitizers INTERFACE crier_fortify)
endif()
if(CRIER_FUZZ)
  target_compile_options(crier_sanitizers INTERFACE -fsanitize=fuzzer-no-link)
endif()

# crier_layer(NAME SOURCES a.c ... USES lower layers PACKAGES pkg-config targets)
function(crier_layer name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;PACKAGES" ${ARGN})
  add_library(crier_${name} STATIC ${arg_SOURCES})
  target_link_libraries(crier_${name} PUBLIC crier_options crier_sanitizers)
  foreach(layer IN LISTS arg_USES)
    target_link_libraries(crier_${name} PUBLIC crier_${layer})
  endforeach()
  foreach(package IN LISTS arg_PACKAGES)
    target_link_libraries(crier_${name} PUBLIC PkgConfig::${package})
  endforeach()
endfunction()

# crier_program(NAME SOURCES ... USES layers PACKAGES ...): a program people run; lands in bin/
function(crier_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;PACKAGES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE crier_options crier_sanitizers)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  foreach(layer IN LISTS arg_USES)
    target_link_libraries(${name} PRIVATE crier_${layer})
  endforeach()
  foreach(package IN LISTS arg_PACKAGES)
    target_link_libraries(${name} PRIVATE PkgConfig::${package})
  endforeach()
endfunction()

# crier_test(NAME SOURCES ... USES layers LABELS quick;unit TIMEOUT s): one cmocka program, one ctest.
# It links only the layers it names: that a pure layer's test links nothing above is its proof of purity.
function(crier_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;USES;PACKAGES;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 240) # a hang is noticed, a busy machine of two cores is none
  endif()
  add_executable(test_${name} ${arg_SOURCES})
  target_link_libraries(test_${name} PRIVATE crier_options crier_sanitizers PkgConfig::cmocka)
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  foreach(layer IN LISTS arg_USES)
    target_link_libraries(test_${name} PRIVATE crier_${layer})
  endforeach()
  foreach(package IN LISTS arg_PACKAGES)
    target_link_libraries(test_${name} PRIVATE PkgConfig::${package})
  endforeach()
  add_test(NAME ${name} COMMAND test_${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
    SKIP_RETURN_CODE 77
    ENVIRONMENT "CRIER_BIN=${CMAKE_BINARY_DIR}/bin;TZ=UTC;LC_ALL=C.UTF-8")
endfunction()

# crier_script_test(NAME COMMAND ... LABELS ... TIMEOUT s): a test that is a script.
# Exit status 77 means SKIPPED (the script says why).
function(crier_script_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "COMMAND;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  add_test(NAME ${name} COMMAND ${arg_COMMAND} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
    SKIP_RETURN_CODE 77
    ENVIRONMENT "CRIER_BIN=${CMAKE_BINARY_DIR}/bin;CRIER_SOURCE=${CMAKE_SOURCE_DIR};TZ=UTC;LC_ALL=C.UTF-8")
endfunction()
