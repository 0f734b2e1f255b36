// A node alone, as tests/support/nodes.py starts it: nothing is compiled here.
module.exports = {
  networks: {
    hardhat: { chainId: Number(process.env.MEDREC_CHAIN_ID || 31337) },
  },
};
