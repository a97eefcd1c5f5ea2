// DLC
