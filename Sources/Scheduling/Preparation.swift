import GraphIR
import KernelIR

/// What a function makes of weights alone: values such as a transformed kernel, and matrices packed for its products. It can be
/// made once and used by every call for as long as the weights stay as they are.
public struct Preparation: Sendable {
  /// The kernels that make it, in order. Those of their arguments that lie in the arena have an offset here.
  public private(set) var steps: [Schedule.Step] = []
  /// The kernels, by position in the schedule, that a call leaves out where it has been made.
  public private(set) var replaced: Set<Int> = []
  /// Where in its memory values and packed weights lie, in bytes.
  private var offsets: [Placement: Int] = [:]
  /// All of it, in bytes.
  public private(set) var byteCount = 0
  /// The parameters that a call reads where they lie even where all of it has been made.
  public private(set) var weightsReadByCalls: Set<String> = []
  /// The kernels that take packed weights, unnamed, by what they are without, unnamed.
  private(set) fileprivate var packing: [Kernel: Kernel] = [:]

  /// The preparation of a schedule, whose products then take packed weights where they are given.
  fileprivate init(of schedule: inout Schedule) {
    let constants = schedule.constantBuffers
    var names = KernelNames(phase: "pack")
    func isOfWeights(_ placement: Placement) -> Bool {
      switch placement {
      case .parameter: true
      case .arena(let number): constants.contains(number)
      default: false
      }
    }
    for index in schedule.steps.indices {
      let step = schedule.steps[index]
      let made = zip(step.kernel.arguments, step.arguments).filter(\.0.isWritten).map(\.1)
      if !made.isEmpty, made.allSatisfy(isOfWeights), step.arguments.allSatisfy(isOfWeights) {
        replaced.insert(index)
        steps.append(step)
        keep(step)
      } else if let packed = step.packing(into: .packed(steps.count), names: &names, isOfWeights: isOfWeights) {
        packing[step.kernel.unnamed] = packed.user.kernel.unnamed
        schedule.steps[index] = packed.user
        steps.append(packed.packer)
        keep(packed.packer)
      }
    }
    for (index, step) in schedule.steps.enumerated() where !replaced.contains(index) {
      weightsReadByCalls.formUnion(step.weightsReadInPlace)
    }
  }

  /// Gives what a kernel works with its place, behind everything that has one; nothing in it is ever given up.
  private mutating func keep(_ step: Schedule.Step) {
    for (argument, placement) in zip(step.kernel.arguments, step.arguments) where offsets[placement] == nil {
      switch placement {
      case .arena, .packed:
        offsets[placement] = byteCount
        byteCount += (argument.count.count * argument.element.byteCount).roundedUp(to: MemoryPlan.alignment)
      default: break
      }
    }
  }

  /// Where in its memory a place lies, in bytes; nil for what it does not hold.
  public func offset(of placement: Placement) -> Int? { offsets[placement] }
}

extension Schedule {
  /// Makes what calls prepare once apart from what each does.
  public mutating func prepare() {
    guard preparation == nil else { return }
    preparation = Preparation(of: &self)
  }

  /// Whether a call leaves a step out where what is prepared is given.
  public func isPrepared(_ step: Int) -> Bool { preparation?.replaced.contains(step) ?? false }

  /// Lets kernels that do what another schedule's do take packed weights where those take them, and gives none: the two share
  /// their code.
  public mutating func share(_ preparation: Preparation) {
    for index in steps.indices {
      guard let kernel = preparation.packing[steps[index].kernel.unnamed] else { continue }
      (steps[index].kernel.arguments, steps[index].kernel.body) = (kernel.arguments, kernel.body)
      steps[index].arguments.append(.nothing)
    }
  }

  /// The buffers of the arena that one kernel fills, and with nothing but what comes of weights. One that a second kernel writes
  /// over in place is none: who reads its first value in each call would find the second.
  fileprivate var constantBuffers: Set<Int> {
    var writers: [Int: Int] = [:]
    for step in steps {
      for case .arena(let number) in Set(zip(step.kernel.arguments, step.arguments).filter(\.0.isWritten).map(\.1)) {
        writers[number, default: 0] += 1
      }
    }
    var constants = Set(writers.filter { $0.value == 1 }.keys)
    var isStable = false
    while !isStable {
      isStable = true
      for step in steps {
        let arguments = zip(step.kernel.arguments, step.arguments)
        let isConstant =
          !Usage(step.kernel.body).random && step.kernel.arguments.allSatisfy { !$0.count.perRow }
          && arguments.allSatisfy { argument, placement in
            switch placement {
            case .parameter: !argument.isWritten
            case .arena(let number): constants.contains(number)
            default: false
            }
          }
        guard !isConstant else { continue }
        for case (let argument, .arena(let number)) in arguments where argument.isWritten {
          if constants.remove(number) != nil { isStable = false }
        }
      }
    }
    return constants
  }
}

extension Schedule.Step {
  /// The parameters that it reads even where its products have packed weights.
  fileprivate var weightsReadInPlace: [String] {
    let body = kernel.body.map { statement in
      guard case .contraction(var product) = statement, let packed = product.packed else { return statement }
      product.b.buffer = packed.buffer
      return .contraction(product)
    }
    let buffers = Usage(body).buffers
    return zip(kernel.arguments, arguments).compactMap { buffers.contains($0.name) ? $1.parameter : nil }
  }

  /// The kernel that packs the weights of the products of this one, to `place`, and this one with an argument more that may have
  /// them; nil where no product has weights that can be packed.
  fileprivate func packing(into place: Placement, names: inout KernelNames, isOfWeights: (Placement) -> Bool)
    -> (user: Schedule.Step, packer: Schedule.Step)?
  {
    var (user, packs, count) = (self, [Statement](), 0)
    let name = "packed".unique(among: Set(kernel.arguments.map(\.name)))
    var weights: Int?
    for (index, statement) in kernel.body.enumerated() {
      guard case .contraction(var product) = statement, let more = product.packedCount,
        let argument = kernel.arguments.firstIndex(where: { $0.name == product.b.buffer }),
        isOfWeights(arguments[argument]), weights ?? argument == argument
      else { continue }
      weights = argument
      product.packed = Contraction.Packed(buffer: name, base: count)
      count += more
      user.kernel.body[index] = .contraction(product)
      packs.append(.packing(product))
    }
    guard let weights else { return nil }
    if packs.count == 1, case .packing(var product) = packs[0], product.hasAdjacentLines {
      product.packed?.releasesLines = true
      packs = [.packing(product)]
    }
    let source = kernel.arguments[weights]
    func packed(isWritten: Bool) -> Kernel.Argument {
      Kernel.Argument(
        name: name, element: source.element, shape: "[\(count)]", count: Dimension(count), isWritten: isWritten)
    }
    user.kernel.arguments.append(packed(isWritten: false))
    user.arguments.append(place)
    let packer = Schedule.Step(
      kernel: Kernel(
        name: names.unique("\(kernel.name)_pack"),
        comment: ["\(source.name)\(source.shape) as \(kernel.name) multiplies it", self.place],
        arguments: [source, packed(isWritten: true)], body: packs),
      arguments: [arguments[weights], place], scope: scope, writtenCounts: [:], work: Work(), place: self.place)
    return (user, packer)
  }
}
