import CCodegen
import Testing

@testable import CompilerDriver

@Suite struct CCompilerTests {
  @Test func saysWhichCompilerIsMissing() {
    let failure = #expect(throws: CompileFailure.self) { try CCompiler.find("/nowhere/clang") }
    #expect(failure?.diagnostics.first?.message == "no C compiler /nowhere/clang")
    #expect(failure?.status == .model)
  }

  @Test func passesMacrosAndLibraries() {
    let job = CCompiler.Job(
      sources: ["a.c"], executable: "a", march: "native", macros: [("A_MODEL_FOLDER", "\"/x y\"")],
      libraries: ["openblas", "m"], flags: CCompiler(path: "/usr/bin/clang-19").optimization)
    #expect(CCompiler(path: "/usr/bin/gcc").optimization == ["-O3", "-fno-math-errno", "-fno-trapping-math"])
    #expect(
      job.arguments == [
        "-std=c99", "-O2", "-fno-math-errno", "-fno-trapping-math", "-march=native", "-DA_MODEL_FOLDER=\"/x y\"", "a.c",
        "-o", "a", "-lopenblas", "-lm",
      ])
  }

  @Test func rejectedCodeIsTheCompilersFault() async throws {
    let job = CCompiler.Job(
      sources: ["/nowhere.c"], executable: "/nowhere", march: "native", macros: [], libraries: [],
      flags: ["-O1"])
    await #expect(throws: CompileFailure.self) { try await CCompiler.find(nil).run(job) }
  }

  @Test func saysThatTheProcessorIsUnknown() async throws {
    let job = CCompiler.Job(
      sources: ["/dev/null", "-xc", "/dev/null"], executable: "/nowhere", march: "abacus", macros: [], libraries: [],
      flags: ["-O1"])
    for compiler in ["gcc", "clang"] {
      let failure = await #expect(throws: CompileFailure.self) { try await CCompiler.find(compiler).run(job) }
      #expect(failure?.status == .usage)
      #expect(failure?.diagnostics.first?.message.hasSuffix("does not know the processor abacus") == true)
    }
  }

  @Test(arguments: [("digits", "digits"), ("two nets", "two_nets"), ("3d", "_3d"), ("été", "_t_")])
  func namesBecomeIdentifiers(name: String, identifier: String) {
    #expect(CompileOptions.prefix(for: name) == identifier)
  }

  @Test func stringsAreEscapedForC() {
    #expect("a\"b\\c\n??=".utf8.cLiteral == #""a\"b\\c\012?\?=""#)
  }
}
