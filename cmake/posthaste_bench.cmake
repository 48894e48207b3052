# posthaste_bench(NAME name  SOURCES ...  DEPS module ...  LINK target ...)
#
# One benchmark: an executable build/<preset>/benches/<name> that prints JSON lines (bench/PROTOCOL.md), run by
# `bin/bench <name>`. Nothing is built unless POSTHASTE_BENCHES is on.
function(posthaste_bench)
  cmake_parse_arguments(B "" "NAME" "SOURCES;DEPS;LINK" ${ARGN})
  if(NOT POSTHASTE_BENCHES)
    return()
  endif()
  set(target bench_${B_NAME})
  add_executable(${target} ${B_SOURCES})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${B_NAME} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/benches)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  foreach(dep IN LISTS B_DEPS)
    target_link_libraries(${target} PRIVATE posthaste::${dep})
  endforeach()
  target_link_libraries(${target} PRIVATE posthaste_warnings ${B_LINK})
endfunction()
