import GraphIR

/// What other build systems need to use the generated C: CMakeLists.txt, NAME.pc and module.modulemap.
public struct BuildFiles {
  /// What lets gcc make vectors of square roots and of choices by comparison, as clang does. No result changes: a program that looks
  /// at `errno` or at the floating-point exceptions' flags would see other ones (it is no fast-math).
  public static let vectorFlags = ["-fno-math-errno", "-fno-trapping-math"]

  let program: CProgram

  private var p: String { program.prefix }
  private var libraries: [String] {
    (program.usesBLAS ? ["openblas"] : []) + ["m"] + (program.usesThreads ? ["pthread"] : [])
  }

  /// A static library NAME, and the command line as NAME_cli; `add_subdirectory` of the folder, or a project of its own.
  var cmake: String {
    """
    # The library \(p), and its command line in the program \(p). In a project of yours:
    #   add_subdirectory(path/to/this/folder)
    #   target_link_libraries(yours PRIVATE \(p))
    cmake_minimum_required(VERSION 3.13)
    project(\(p) C)

    if(NOT CMAKE_BUILD_TYPE)
      set(CMAKE_BUILD_TYPE Release)
    endif()
    option(\(program.macro)_NATIVE "compile for this machine's processor" ON)

    add_library(\(p) \(program.sources.joined(separator: " ")))
    target_include_directories(\(p) PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
    set_target_properties(\(p) PROPERTIES C_STANDARD 99 C_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
    target_compile_options(\(p) PRIVATE -O3 \(Self.vectorFlags.joined(separator: " ")))
    if(\(program.macro)_NATIVE)
      target_compile_options(\(p) PRIVATE -march=native)
    endif()
    target_link_libraries(\(p) PUBLIC \(libraries.joined(separator: " ")))

    add_executable(\(p)_cli \(p)_main.c)
    set_target_properties(\(p)_cli PROPERTIES OUTPUT_NAME \(p) C_STANDARD 99 C_EXTENSIONS OFF)
    target_link_libraries(\(p)_cli PRIVATE \(p))

    """
  }

  /// For a libNAME.a in the same folder, as CMake or `ar rcs libNAME.a NAME.o NAME_io.o` makes it.
  var pkgConfig: String {
    """
    prefix=${pcfiledir}

    Name: \(p)
    Description: The model \(p) as a C library
    Version: 1.0
    Cflags: -I${prefix}
    Libs: -L${prefix} -l\(p) \(libraries.map { "-l\($0)" }.joined(separator: " "))

    """
  }

  /// `import NAME` in Swift, with `-I` of the folder.
  var moduleMap: String {
    """
    module \(p) {
      header "\(p).h"
      header "\(p)_io.h"
      \(libraries.map { "link \"\($0)\"" }.joined(separator: "\n  "))
      export *
    }

    """
  }
}
