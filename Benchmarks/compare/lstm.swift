import DLC

let model = Model("lstm", input: [7, 5]) {
  LSTM(6, returnSequences: true)
  LSTM(4, goBackwards: true)
  Dense(3, activation: .softmax)
}
model.training = Training(loss: .sparseCategoricalCrossentropy, optimizer: .sgd(learningRate: 0.5), epochs: 10, batchSize: 9)
