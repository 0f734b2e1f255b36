// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";
import {Fixture} from "./Fixture.sol";

/// @notice Requests as people sign them for a relay, valid for an hour.
abstract contract Relaying is Fixture {
    bytes32 internal constant REQUEST_TYPE = keccak256(
        "ForwardRequest(address from,address to,uint256 value,uint256 gas,uint256 nonce,uint48 deadline,bytes data)"
    );
    uint256 internal constant GAS = 500_000;

    address internal relay = wallet("relay");

    /// @dev The relay sends what the signer has signed, with the signer's next nonce.
    function sendFor(address signer, address to, bytes memory data) internal {
        ERC2771Forwarder.ForwardRequestData memory request =
            requestOf(signer, to, data, forwarder.nonces(signer));
        vm.prank(relay);
        forwarder.execute(request);
    }

    function requestOf(address signer, address to, bytes memory data, uint256 nonce)
        internal
        view
        returns (ERC2771Forwarder.ForwardRequestData memory request)
    {
        uint48 deadline = uint48(block.timestamp + 1 hours);
        bytes32 hash = keccak256(
            abi.encode(REQUEST_TYPE, signer, to, 0, GAS, nonce, deadline, keccak256(data))
        );
        (, string memory name, string memory version,,,,) = forwarder.eip712Domain();
        bytes32 separator = keccak256(
            abi.encode(
                DOMAIN_TYPE,
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                block.chainid,
                address(forwarder)
            )
        );
        request = ERC2771Forwarder.ForwardRequestData(
            signer, to, 0, GAS, deadline, data, signed(signer, separator, hash)
        );
    }
}
