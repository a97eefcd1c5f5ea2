import Foundation

/// What a compilation made.
public struct Product: Sendable {
  /// For stages that are printed: the text.
  public var text: String?
  /// The folder with the C files.
  public var folder: String?
  public var executable: String?

  init(text: String? = nil, folder: String? = nil, executable: String? = nil) {
    self.text = text
    self.folder = folder
    self.executable = executable
  }

  /// Replaces this process by the executable, which so gets the terminal, its signals and the exit status.
  public func become(arguments: [String]) throws(CompileFailure) -> Never {
    guard let executable else { throw CompileFailure(.fault, "there is no executable to run") }
    // A thread of the concurrency runtime may block signals, and what it becomes would inherit that.
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
    var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) }
    words.append(nil)
    execv(executable, words)
    throw CompileFailure(.model, "cannot run \(executable): \(String(cString: strerror(errno)))")
  }
}
