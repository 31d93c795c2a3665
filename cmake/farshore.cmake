# farshore_library(): one library per folder, with the layers it may use. farshore_test(): unit tests beside the code.

# farshore_library(<folder with slashes as underscores> [DEPS farshore libraries...] [EXTERNAL outside targets...])
# Takes every .cc of its folder; *_test.cc become <name>_test, linked with the library and what TEST_DEPS names.
function(farshore_library name)
  cmake_parse_arguments(ARG "" "" "DEPS;EXTERNAL;TEST_DEPS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cc$")
  if(NOT sources)
    file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/${name}_empty.cc "")
    set(sources ${CMAKE_CURRENT_BINARY_DIR}/${name}_empty.cc)
  endif()
  add_library(farshore_${name} STATIC ${sources})
  target_include_directories(farshore_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  list(TRANSFORM ARG_DEPS PREPEND farshore_)
  target_link_libraries(farshore_${name} PUBLIC ${ARG_DEPS} fmt::fmt PRIVATE ${ARG_EXTERNAL})
  farshore_precompile(farshore_${name})
  farshore_link_alone(${name})
  if(tests)
    farshore_test(${name}_test SOURCES ${tests} DEPS ${name} ${ARG_TEST_DEPS})
    target_link_libraries(${name}_test PRIVATE ${ARG_EXTERNAL})
  endif()
endfunction()

# Links every object of a library with nothing but what it declares, so that a use it does not declare is an undefined symbol.
function(farshore_link_alone name)
  add_executable(${name}_alone ${CMAKE_SOURCE_DIR}/cmake/alone.cc)
  target_link_libraries(${name}_alone PRIVATE $<LINK_LIBRARY:WHOLE_ARCHIVE,farshore_${name}> Threads::Threads)
  set_target_properties(${name}_alone PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/alone)
endfunction()

# farshore_test(<name> SOURCES ... DEPS farshore libraries...): a GoogleTest program, registered with ctest as one entry.
function(farshore_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;EXTERNAL" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  list(TRANSFORM ARG_DEPS PREPEND farshore_)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} ${ARG_EXTERNAL} GTest::gmock GTest::gtest_main Threads::Threads)
  farshore_precompile(${name})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600 WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endfunction()

# The standard headers that nearly every file needs, compiled once.
function(farshore_precompile target)
  if(TARGET farshore_pch)
    target_precompile_headers(${target} REUSE_FROM farshore_pch)
  endif()
endfunction()

file(WRITE ${CMAKE_BINARY_DIR}/farshore_pch.cc "")
add_library(farshore_pch STATIC ${CMAKE_BINARY_DIR}/farshore_pch.cc)
target_precompile_headers(farshore_pch PRIVATE <algorithm> <array> <chrono> <coroutine> <cstdint> <cstring> <deque> <expected> <functional>
  <map> <memory> <optional> <set> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector> <fmt/format.h>)
target_link_libraries(farshore_pch PUBLIC fmt::fmt)
