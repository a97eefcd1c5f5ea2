// CCodegen
