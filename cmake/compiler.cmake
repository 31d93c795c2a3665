# One compiler, one standard, one set of flags.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR "Farshore is built with clang-19 or later; found ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}. "
                      "g++ 12 miscompiles coroutines (docs/adr/0001-language-and-build.md). Use the presets: cmake --preset release")
endif()
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
set(CMAKE_LINK_DEPENDS_NO_SHARED ON)
add_compile_options(-Wall -Wextra -Wpedantic -Wno-gnu-statement-expression -Werror=return-type -Werror=unused-result
                    -fno-omit-frame-pointer -Xclang -fno-pch-timestamp)
add_link_options(-fuse-ld=lld-19)

set(FARSHORE_SANITIZER "" CACHE STRING "address, thread, fuzzer or nothing")
if(FARSHORE_SANITIZER STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
elseif(FARSHORE_SANITIZER STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
elseif(FARSHORE_SANITIZER STREQUAL "fuzzer")
  add_compile_options(-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()

find_program(FARSHORE_CCACHE ccache)
if(FARSHORE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${FARSHORE_CCACHE})
endif()
