/// The C that does not depend on the model.
public enum Templates {}
