// ModelLoading
